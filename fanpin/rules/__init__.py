"""The law of 云巩固振兴组〔2021〕1号 as tables and pure functions; standard library only."""
