"""What `account`, `incident` and `fees` answer to `list` and `show`: what is recorded, by whom, when and why."""
