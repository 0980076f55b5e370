"""The Chinese names of states, results and events: one catalogue for pages, letters and messages."""

STATES = {
    "draft": "草稿",
    "submitted": "已提交",
    "supplementing": "补正中",
    "accepted": "已受理",
    "reviewing": "审核中",
    "deciding": "待决定",
    "publicizing": "公示中",
    "issuing": "待签发",
    "closed": "已办结",
}
OUTCOMES = {
    "approved": "同意",
    "partially_approved": "部分同意",
    "rejected": "不同意",
    "not_accepted": "不予受理",
    "withdrawn": "已撤回",
    "lapsed": "逾期终止",
    "terminated": "已终止",
    "deferred": "暂缓",
}
DOCUMENT_STATES = {
    "drafted": "待签发",
    "reserved": "已取号",
    "rendered": "待签名",
    "signed": "待用印",
    "issued": "已生效",
    "revoked": "已撤销",
    "voided": "已作废",
}
EVENTS = {
    "case.started": "新建申请",
    "task.submitted": "提交",
    "task.completed": "办理完成",
    "task.claimed": "认领",
    "task.released": "放回待办",
    "task.returned": "退回",
    "case.withdrawn": "撤回申请",
    "timer.fired": "到期",
    "case.message": "收到消息",
    "case.sent": "发出消息",
    "promise.started": "受理，开始计算承诺时限",
    "promise.paused": "停表",
    "promise.resumed": "恢复计时",
    "rules.checked": "规则核验",
    "decision.evaluated": "按决策表选定",
    "outcome.recorded": "记录结论",
    "document.reserved": "取号",
    "document.rendered": "生成待签文本",
    "document.signed": "签名",
    "document.issued": "生效",
    "document.received": "签收",
    "document.voided": "作废",
    "document.revoked": "撤销",
    "slip.sent": "发出督办单",
    "personal.revealed": "查看完整号码",
    "attachment.removed": "删除未提交的附件",
    "case.closed": "办结",
}


def name(catalogue: dict[str, str], key: str | None) -> str:
    """The word for a key; a key that the catalogue lacks shows as itself, so that nothing is hidden."""
    return "" if key is None else catalogue.get(key, key)
