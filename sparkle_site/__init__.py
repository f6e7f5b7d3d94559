"""The project: settings, addresses, processes. The only package that knows everything."""
