"""The pages of the chart: each parses, calls one verb, renders or goes on."""
