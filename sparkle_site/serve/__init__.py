"""The launcher: opens the port, keeps the engines, and runs web processes, worker and scheduler.

    launcher (no Django)            opens the port, holds the private engines, watches generations
      └ preloader                   imports everything once, opens no connection, forks and revives
          ├ web, web, …             sparkle_site.web
          ├ worker                  sparkle_site.jobs.run_worker
          └ scheduler               sparkle_site.jobs.run_scheduler

A preloader with its children is a generation. SIGHUP starts a new generation and stops the old one when the
new one serves. SIGTERM and SIGINT stop in order: the port is closed, web processes finish their requests, the
worker its jobs, then the scheduler; the engines stop when nobody uses them.
"""
