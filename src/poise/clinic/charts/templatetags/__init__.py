"""Tags of the chart's pages."""
