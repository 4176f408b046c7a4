"""Run the commands as `python -m fanpin.cli`: how `serve` starts its worker."""

from fanpin.cli import main

main()
