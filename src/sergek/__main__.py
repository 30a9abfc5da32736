"""`python -m sergek` is the same as the command `sergek`."""

from sergek.cli.app import main

main()
