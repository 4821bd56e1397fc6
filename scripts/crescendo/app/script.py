"""What Streamlit runs for each reader and after each change of a filter."""

from crescendo.app.shell import run

run()
