"""Texts that several tests of 六 type."""

PLAN = {"document": "彝巩固组〔2026〕1号", "monitored": "全县农村常住人口", "responsibilities": "县级主体责任，乡镇直接责任",
        "method": "排查、申报、筛查协同", "steps": "按月研判，按程序识别"}
