"""Everything that a person may do, by the step of the procedure that it belongs to."""

from fanpin.rules.titles import TitledEnum


class Action(TitledEnum):
    """Name one act; `step.verb`, where the step is also a module of `steps/`."""

    HOUSEHOLD_READ = ("household.read", "查看农户档案")
    HOUSEHOLD_EDIT = ("household.edit", "登记和修改农户档案")
    HOUSEHOLD_UNMASK = ("household.unmask", "查看完整证件号码或电话")
    QUALITY_READ = ("quality.read", "查看疑点")
    QUALITY_EXPLAIN = ("quality.explain", "说明并保留疑点")
    REGISTER_IMPORT = ("register.import", "导入农户表")
    REGISTER_ACCEPT = ("register.accept", "接受导入的差异")
    CASE_READ = ("case.read", "查看办理情况")
    CASE_DEPART = ("case.depart", "因迁出或整户消亡终止监测")

    INTAKE_REGISTER = ("intake.register", "登记线索")
    INTAKE_GUIDE = ("intake.guide", "登记申报平台引导")
    INTAKE_ACCEPT = ("intake.accept", "受理线索")
    INTAKE_MERGE = ("intake.merge", "归并线索到户")
    INTAKE_CLOSE = ("intake.close", "办结线索并答复")

    ANALYSIS_ROUND = ("analysis.round", "组织排查")
    ANALYSIS_VISIT = ("analysis.visit", "登记排查结果")
    ANALYSIS_WARN = ("analysis.warn", "录入预警信息")
    ANALYSIS_DISPATCH = ("analysis.dispatch", "下发预警信息")
    ANALYSIS_RECEIVE = ("analysis.receive", "签收预警信息")
    ANALYSIS_VERIFY = ("analysis.verify", "核实预警信息")
    ANALYSIS_PROPOSE = ("analysis.propose", "提出重点核查对象")
    ANALYSIS_SETTLE = ("analysis.settle", "确定重点核查对象")
    ANALYSIS_SIGN = ("analysis.sign", "会签月度分析")

    SURVEY_RECORD = ("survey.record", "填写实地调查表")
    SURVEY_SIGN = ("survey.sign", "登记申请与授权承诺书")
    SURVEY_WITHDRAW = ("survey.withdraw", "登记收回授权")
    SURVEY_PROPOSE = ("survey.propose", "提出纳入监测")
    SURVEY_NOT_PROPOSE = ("survey.not_propose", "不提出纳入")
    SURVEY_CONFIRM = ("survey.confirm", "确认风险消除调查结果")
    SURVEY_KEEP = ("survey.keep", "调查后继续帮扶")

    DELIBERATION_LIST = ("deliberation.list", "提出名单")
    DELIBERATION_ANNOUNCE = ("deliberation.announce", "向群众公布名单")
    DELIBERATION_MEET = ("deliberation.meet", "登记评议会议")
    DELIBERATION_OPINION = ("deliberation.opinion", "登记、核实和答复群众意见")
    DELIBERATION_PLAN = ("deliberation.plan", "提出帮扶措施")
    DELIBERATION_SUBMIT = ("deliberation.submit", "村“两委”研究通过")
    DELIBERATION_DECLINE = ("deliberation.decline", "评议不通过")
    DELIBERATION_RETURN = ("deliberation.return", "退回调查")

    PUBLICITY_NOTICE = ("publicity.notice", "制作公示")
    PUBLICITY_POST = ("publicity.post", "登记张贴和发布")
    PUBLICITY_OBJECT = ("publicity.object", "登记异议或举报")
    PUBLICITY_ANSWER = ("publicity.answer", "调查并答复异议、举报")
    PUBLICITY_REPORT = ("publicity.report", "公示期满上报乡镇")
    PUBLICITY_RETURN = ("publicity.return", "异议成立，退回")

    TOWNSHIP_CHECK = ("township.check", "抽查核实")
    TOWNSHIP_MEET = ("township.meet", "登记专题会议")
    TOWNSHIP_SUBMIT = ("township.submit", "乡镇审核通过并上报")
    TOWNSHIP_RETURN = ("township.return", "乡镇退回")

    COUNTY_INQUIRE = ("county.inquire", "发起联审")
    COUNTY_ANSWER = ("county.answer", "部门答复核查")
    COUNTY_SIGN = ("county.sign", "部门签字确认")
    COUNTY_STATE = ("county.state", "登记未授权人员的村级证明")
    COUNTY_ACCEPT = ("county.accept", "采信未授权人员的村级证明")
    COUNTY_RESOLVE = ("county.resolve", "处理十类情形")
    COUNTY_DETERMINE = ("county.determine", "县级确定")
    COUNTY_DECLINE = ("county.decline", "决定不予纳入")
    COUNTY_REPORT = ("county.report", "报县领导小组")
    COUNTY_ASSIGN = ("county.assign", "明确帮扶主责部门")
    COUNTY_NOT_INCLUDE = ("county.not_include", "送达不予纳入告知书并办结")
    COUNTY_REFER = ("county.refer", "转行业部门解决")
    COUNTY_KEEP = ("county.keep", "不同意消除，继续帮扶")
    COUNTY_RETURN = ("county.return", "县级退回")

    ASSISTANCE_START = ("assistance.start", "落实帮扶措施")
    ASSISTANCE_ENTER = ("assistance.enter", "录入全国防返贫监测信息系统")
    ASSISTANCE_PLAN = ("assistance.plan", "调整帮扶措施")
    ASSISTANCE_POST = ("assistance.post", "在村内公示帮扶措施")
    ASSISTANCE_VISIT = ("assistance.visit", "登记日常监测走访")
    ASSISTANCE_READ = ("assistance.read", "查看承担的帮扶任务")

    REVIEW_OPEN = ("review.open", "启动年度成效评议")
    REVIEW_RECORD = ("review.record", "登记成效评议")
    REVIEW_MEET = ("review.meet", "登记村（组）党员群众评议会")
    REVIEW_CONSENT = ("review.consent", "登记风险消除知情同意")
    REVIEW_CONTINUE = ("review.continue", "继续帮扶")
    REVIEW_LEAVE = ("review.leave", "进入风险消除程序")

    ELIMINATION_MARK = ("elimination.mark", "标注“风险消除”")

    REGIONAL_READ = ("regional.read", "查看区域性风险事件")
    REGIONAL_SEE = ("regional.see", "查看受影响农户名单")
    REGIONAL_ENTER = ("regional.enter", "登记区域性风险事件")
    REGIONAL_EXPOSE = ("regional.expose", "增减受影响农户")
    REGIONAL_VISIT = ("regional.visit", "登记受影响农户排查结果")
    REGIONAL_PLAN = ("regional.plan", "制定防范措施")
    REGIONAL_RESPOND = ("regional.respond", "登记帮扶举措")
    REGIONAL_ESCALATE = ("regional.escalate", "把事件报上一级")
    REGIONAL_CLOSE = ("regional.close", "办结区域性风险事件")
    REGIONAL_COMMUNITY = ("regional.community", "登记集中安置区")
    REGIONAL_INDICATOR = ("regional.indicator", "登记安置区就业和社区融入情况")
    REGIONAL_TASKS = ("regional.tasks.see", "查看整改任务")
    REGIONAL_RECTIFY = ("regional.rectify", "交办整改")
    REGIONAL_MEND = ("regional.mend", "登记整改结果")
    REGIONAL_VERIFY = ("regional.verify", "核验整改")

    OVERSIGHT_LINE = ("oversight.line", "确定监测底线")
    OVERSIGHT_LIMIT = ("oversight.limit", "调整时限设置")
    OVERSIGHT_SEE = ("oversight.see", "查看辖区进度和督导情况")
    OVERSIGHT_ASK = ("oversight.ask", "申请信息筛查直通车")
    OVERSIGHT_ANSWER = ("oversight.answer", "省级部门答复直通车")
    OVERSIGHT_GROUP = ("oversight.group", "维护领导小组名册")
    OVERSIGHT_MEET = ("oversight.meet", "召开数据管理和共享联席会议")
    OVERSIGHT_TASK = ("oversight.task", "下达和认可督导、督查、调度任务")
    OVERSIGHT_REPLY = ("oversight.reply", "回复督导、督查、调度任务")
    OVERSIGHT_NAME = ("oversight.name", "登记责任人")
    OVERSIGHT_TRAIN = ("oversight.train", "登记培训")
    OVERSIGHT_PLAN = ("oversight.plan", "发布工作方案")
    OVERSIGHT_HANDOVER = ("oversight.handover", "登记管理员交接")
    OVERSIGHT_FIND = ("oversight.find", "登记弄虚作假、失职失责问题")
    OVERSIGHT_FOLLOW = ("oversight.follow", "登记问题处理结果")

    ADAPTER_READ = ("adapter.read", "查看部门数据接口")
    ADAPTER_SET = ("adapter.set", "设置部门数据接口")
    ADAPTER_TRY = ("adapter.try", "用样表试部门数据接口")
    ADAPTER_APPROVE = ("adapter.approve", "批准部门数据接口的答复常设有效")

    ACCOUNT_CREATE = ("account.create", "建立和停用账号")
    ACCOUNT_GRANT = ("account.grant", "授予和收回权限")
    AUDIT_READ = ("audit.read", "查看审计记录")

    @property
    def step(self) -> str:
        """Return the step, which is also the module's name."""
        return self.value.split(".")[0]
