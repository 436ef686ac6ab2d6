"""The assets, the jobs and the command, from outside."""
