"""An app for the fault runs: facts and jobs whose effects can be counted, in tables of its own."""
