"""The verbs of this app: plain functions, called by pages, by the API, by jobs and by tests alike."""
