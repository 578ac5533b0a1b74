"""What the web services share: problem details, API keys, log lines, and how a server starts and stops."""
