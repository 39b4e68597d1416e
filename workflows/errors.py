"""Refusals a person can mend and incidents an operator can mend. The docstring is the message."""

from typing import Any


class ZhengchengError(Exception):
    """正程出现错误。"""

    status = 500

    def __init__(self, detail: str = "", *, article: str = "", **facts: Any) -> None:
        """`detail` says what and where, `article` on which law, `facts` what a page may show."""
        self.detail = detail
        self.article = article
        self.facts = facts
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The class's docstring, then the detail, then the article, in one Chinese sentence."""
        said = (type(self).__doc__ or "").strip()
        if self.detail:
            said = f"{said.rstrip('。')}：{self.detail}"
        return f"{said}（依据：{self.article}）" if self.article else said


class Refusal(ZhengchengError):
    """不予办理。"""

    status = 409


class Incident(ZhengchengError):
    """系统作业未能完成，需要运维人员处理。"""


class NotFound(Refusal):
    """没有找到，或者您无权查看。"""

    status = 404


class NotYourTask(Refusal):
    """该任务不由您办理。"""

    status = 403


class NotAllowed(Refusal):
    """您的角色不能进行此操作。"""

    status = 403


class FourEyes(Refusal):
    """同一人不得既承办又审核、决定。"""

    status = 403


class TaskGone(Refusal):
    """该任务已经办结或者已被撤回。"""


class CaseChanged(Refusal):
    """案件刚刚被他人办理，请刷新后重试，您填写的内容已保留。"""


class CaseEnded(Refusal):
    """案件已经办结。"""


class AnswersRefused(Refusal):
    """填写的内容有误，请按提示修改。"""

    status = 422

    def __init__(self, complaints: dict[str, str]) -> None:
        """`complaints` maps a field's key (path) to what is wrong with it and how to mend it."""
        super().__init__("；".join(complaints.values()), complaints=complaints)
        self.complaints = complaints


class NotExpected(Refusal):
    """案件目前不能受理该事项。"""


class ProcedureRefused(Refusal):
    """流程图未通过检查。"""

    status = 422

    def __init__(self, complaints: "list[Any]") -> None:
        """`complaints`: every fault at once, each with file, element id and reason."""
        super().__init__("；".join(str(one) for one in complaints), complaints=complaints)
        self.complaints = complaints


class FileRefused(Refusal):
    """文件不能接收。"""

    status = 422


class PortTaken(Refusal):
    """端口已被占用。"""


class NotDemonstration(Refusal):
    """这里已有正式数据，不能用作演示。"""


class ClockFixed(Refusal):
    """办公时间不能拨动，只有演示环境可以推进时间。"""


class SignInRefused(Refusal):
    """用户名或者密码不正确。"""

    status = 401


class SignInThrottled(Refusal):
    """登录失败次数过多，请稍后再试。"""

    status = 429


# The due-process guard (registry): one class for each missing piece of evidence.


class NoticeNotServed(Refusal):
    """事前告知书尚未送达，不得作出列入决定。"""


class NoticeIncomplete(Refusal):
    """事前告知书缺少必备内容，不得制发。"""


class WindowOpen(Refusal):
    """陈述申辩、异议期限尚未届满，不得作出列入决定。"""


class ObjectionOpen(Refusal):
    """尚有异议未答复或者答复未送达，不得作出列入决定。"""


class BeyondNotice(Refusal):
    """决定的事实、依据超出事前告知的范围，须重新告知。"""


class Aggravated(Refusal):
    """不得因当事人陈述申辩、提出异议而加重处理。"""


class DecisionIncomplete(Refusal):
    """列入决定书缺少必备内容，不得制发。"""


class DocumentIncomplete(Refusal):
    """文书缺少必备内容或者编号、印章、散列值，不得制发。"""


class ListUnlawful(Refusal):
    """名单未经登记、已失效或者依据层级不足。"""


class BasisMissing(Refusal):
    """没有生效的法律文书作为认定依据。"""


class LimitUnknown(Refusal):
    """没有这一期限，或者该期限在起算日尚未施行、已经失效。"""


class LawFaulty(Incident):
    """法律数据文件有误，须由运维人员更正。"""


class IdentifierInvalid(Refusal):
    """证件号码或者代码有误。"""

    status = 422


class FeelMissing(Incident):
    """表达式引擎尚未构建，请先运行 ./zheng 构建前端。"""


class ExpressionRefused(Refusal):
    """表达式未通过检查。"""

    status = 422


class ExpressionFailed(Incident):
    """表达式不能求值。"""


class ExpressionTooCostly(Incident):
    """表达式耗时或者占用内存过多，已被中止。"""


class GlyphMissing(Refusal):
    """文书中有现有字库无法显示的字，不得制发，请安装含该字的字库或者核对原文。"""

    status = 422


class TemplateRefused(Refusal):
    """文书模板未通过安全检查。"""

    status = 422


class TimeUnknown(Incident):
    """流程图上的时间或者期限不能计算。"""


class NoPathTaken(Incident):
    """网关的条件均不成立，案件不能继续。"""


class EndlessLoop(Incident):
    """流程自动步骤过多，疑似死循环，已停止。"""


class TooManyInstances(Incident):
    """多实例活动的数量超过上限。"""


class StateUnreadable(Incident):
    """案件的运行状态不能读取。"""


class EngineFault(Incident):
    """流程引擎未能继续执行。"""


class FormRefused(Refusal):
    """表单未通过检查。"""

    status = 422

    def __init__(self, complaints: list[str]) -> None:
        """`complaints`: every fault at once, each naming the form and the component."""
        super().__init__("；".join(complaints), complaints=complaints)
        self.complaints = complaints


class AnnouncementTooEarly(Refusal):
    """不具备公告送达的条件。"""


class EvidenceMissing(Refusal):
    """缺少证据材料。"""


class MeasureUnlawful(Refusal):
    """惩戒措施未列入目录、不适用于本名单或者依据层级不足。"""


class DecisionAmbiguous(Incident):
    """决策表同时命中的规则互相矛盾，不能得出唯一结果。"""


class ImportTaken(Incident):
    """这一批数据已由另一作业接续导入。"""


class CaseStuck(Incident):
    """案件停在网关上，没有任何环节可以继续，流程图的分支与合并不相配。"""


class DatabaseUnavailable(Incident):
    """数据库暂时不能使用，请稍后再试；您填写的内容还在。"""

    status = 503


class CaseSuspended(Refusal):
    """案件或者程序已由运维人员暂停，恢复之前不能办理。"""


class LimitFixed(Refusal):
    """法定期限不得这样变更。"""


class BackupFailed(Incident):
    """备份或者恢复未能完成。"""


class NotRestored(Refusal):
    """没有恢复，原有数据未变。"""


class NotStorable(Refusal):
    """内容中有数据库不能保存的字符（例如空字符）或者过大的数。"""

    status = 400


class LimitPaused(Refusal):
    """期限正在中止或者中断，尚未恢复计算。"""


class LimitPassed(Refusal):
    """期限已经届满，不能再中止、中断或者延长。"""


class RemovalUnfounded(Refusal):
    """移出名单的条件未经证明，不得移出。"""


class NotInForce(Refusal):
    """该列名已经移出或者撤销，不能再办理。"""


class LeniencyMissing(ListUnlawful):
    """应当先行宽容审慎审查，或者依法应当从宽，不得告知、列入。"""


class HearingOpen(Refusal):
    """听证尚未办结，不得作出列入决定。"""


class HearingUnlawful(Refusal):
    """听证不符合法定程序。"""


class ReviewOpen(Refusal):
    """省级复核尚未办结，不得作出列入决定。"""


class LegalReviewMissing(Refusal):
    """听证以后没有经过法制审核，不得作出列入决定。"""


class Stayed(Refusal):
    """已经决定或者裁定停止执行，停止执行期间不得办理。"""


class NotPublishable(Refusal):
    """该信息不得公示。"""


class RepairIncomplete(Refusal):
    """信用修复申请的材料或者事项不齐。"""


class RepairBarred(Refusal):
    """不符合信用修复的条件，不得准予修复。"""


class RefusalUnreasoned(Refusal):
    """不予修复须写明理由、尚缺的条件、最早可以再次申请的日期和救济途径。"""


class InterviewUnlawful(Refusal):
    """约谈不符合规定的程序。"""


class CommitmentUnlawful(Refusal):
    """信用承诺不符合规定。"""


class RectificationUnlawful(Refusal):
    """限期整改不符合规定。"""
