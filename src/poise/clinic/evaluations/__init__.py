"""The evaluation: tests proposed, measured, typed; findings judged by a clinician."""
