"""The sentence of every finding about a pack, in Chinese and English; the keys are stable."""

# What is told and keeps no pack from loading; everything else does.
REMARKS = frozenset(
    {"source_attested", "not_earlier", "dead_from", "hidden_row", "could_be_parameter", "no_example"},
)
MESSAGES: dict[str, tuple[str, str]] = {
    # reading
    "yaml_syntax": ("{problem_zh}", "{problem_en}"),
    "not_utf8": (
        "文件不是 UTF-8 编码，请在编辑器里另存为 UTF-8",
        "the file is not UTF-8: save it as UTF-8 in your editor",
    ),
    "duplicate_key": (
        "“{key}”写了两次，上一次在第 {line} 行；如果从这里起是新的一行规则，前面要写“- ”",
        "{key!r} is written twice, first on line {line}; where a new row begins write '- ' in front",
    ),
    "anchor": (
        "不能使用锚点和引用（& 与 *），请把内容写全",
        "anchors and aliases (& and *) are not used: write it out",
    ),
    "tag": ("不能使用标签 {tag}", "the tag {tag} is not used"),
    "several_documents": ("一个文件只能有一份内容", "a file holds one document"),
    "empty_file": ("文件是空的", "the file is empty"),
    "wrong_shape": ("这里应当是{wanted_zh}", "{wanted_en} is expected here"),
    "unknown_key": ("这里没有“{key}”这一项", "{key!r} is not known here"),
    "missing_key": ("缺少“{key}”", "{key!r} is missing"),
    "empty_value": (
        "“{key}”后面是空的；以 # 开头的内容是备注，要写进去请加引号",
        "nothing stands after {key!r}; what begins with # is a remark, put it in quotes to write it",
    ),
    "split_number": (
        "“{text}”前面的逗号把数拆成了两段，整个数要加引号",
        "the comma before {text!r} cuts the number in two: put all of it in quotes",
    ),
    # vocabulary
    "unknown_type": ("没有“{name}”这个类型；可写：{choices}", "there is no type {name!r}; there are: {choices}"),
    "unknown_domain": ("没有“{name}”这个业务词汇表", "there is no vocabulary {name!r}"),
    "unknown_table": ("词汇表没有“{name}”这个决定", "the vocabulary has no decision {name!r}"),
    "unknown_setting": ("词汇表没有“{name}”这项设置", "the vocabulary has no setting {name!r}"),
    "reserved_name": ("“{name}”是保留名称，请换一个", "{name!r} is reserved: choose another name"),
    "bad_name": (
        "“{name}”不能作名称：请用字母、数字、下划线或汉字",
        "{name!r} is no name: use letters, digits, _ or Chinese",
    ),
    "bad_bound": ("上下限写法有误：{text}", "this bound is wrong: {text}"),
    "bad_as_of": ("as_of 应当是一个日期事实：{name}", "as_of must name a fact that is a date: {name}"),
    "bad_choice": ("“{text}”不在可选值之内：{choices}", "{text!r} is not one of: {choices}"),
    # names and types
    "unknown_name": ("没有“{name}”这个名称", "there is no name {name!r}"),
    "ambiguous_name": (
        "“{name}”有两种意思：{meanings}；请换一个名称",
        "{name!r} means two things: {meanings}; choose another label",
    ),
    "duplicate_name": ("“{name}”已在 {where} 定义", "{name!r} is already defined at {where}"),
    "cyclic_fact": ("“{name}”绕了一圈又用到自己", "{name!r} comes back to itself"),
    "unknown_value": ("“{type}”没有“{text}”这个值", "{type} has no value {text!r}"),
    "bad_literal": ("“{text}”不是{type_zh}", "{text!r} is not {type_en}"),
    "wrong_type": ("这里应当是{wanted_zh}，实际是{got_zh}", "this should be {wanted_en} but is {got_en}"),
    "no_meaning": (
        "“{operation}”没有意义：{left_zh} 与 {right_zh}",
        "{operation} of {left_en} and {right_en} has no meaning",
    ),
    "unit_mismatch": ("单位不同：{left} 与 {right}", "the units differ: {left} and {right}"),
    "unguarded_missing": (
        "“{name}”可能缺失；请先写 known({name}) and …",
        "{name!r} may be missing: write known({name}) and ... first",
    ),
    "never_missing": ("“{name}”从不缺失，不必写 known", "{name!r} is never missing: known is not needed"),
    "overflow": (
        "数值可能超过 2^63：{text}；请给事实写更小的 max",
        "{text} may exceed 2^63: give its facts a smaller max",
    ),
    "may_be_negative": (
        "取整的数可能为负：{text}；请写 max(…, 0)",
        "what is rounded may be negative: {text}: write max(..., 0)",
    ),
    "may_be_zero": (
        "份数可能为 0：{text}；请给事实写 min: 1，或先写条件 > 0",
        "the number of parts may be 0: {text}: give the fact min: 1, or a condition > 0 first",
    ),
    "not_rounded": (
        "金额还没有取整；请写 round(…, 分, 四舍五入)",
        "the amount is not rounded yet: write round(..., fen, half_up)",
    ),
    "bad_expression": ("算式写法有误：{problem_zh}", "the expression is wrong: {problem_en}"),
    "unknown_function": ("没有“{name}”这个函数", "there is no function {name!r}"),
    "wrong_arguments": ("{name} 的写法是 {form}", "{name} is written {form}"),
    # dates and sources
    "no_such_day": ("没有 {text} 这一天，请核对日期", "there is no day {text}: look at the date again"),
    "bad_date": ("“{text}”不是日期，请写成 2020-08-01 的样子", "{text!r} is not a date: write it like 2020-08-01"),
    "dates_reversed": ("until（{until}）应当晚于 from（{start}）", "until ({until}) must be later than from ({start})"),
    "missing_source": (
        "没有写依据：请写 source: [文件编号#条款]，文件先登记在 sources.yaml 里",
        "no source is given: write source: [id#article] of a document in sources.yaml",
    ),
    "unknown_source": (
        "sources.yaml 没有“{name}”这个文件，请先登记",
        "sources.yaml has no document {name!r}: write it there first",
    ),
    "source_not_in_force": (
        "所引文件在 {day} 不在有效期内：{name}；请核对起止日期，或引用当时有效的文件",
        "no cited document is in force on {day}: {name}; look at the days, or cite one that was",
    ),
    "source_attested": (
        "文号或生效日期不明，只知最早见于 {day}：{name}",
        "number or day of entry into force unknown, attested from {day}: {name}",
    ),
    "unknown_reading": (
        "settings 的 readings 没有“{name}”，请先在那里写明这个口径",
        "settings readings has no {name!r}: write there first what is taken",
    ),
    # tables
    "duplicate_id": (
        "行号“{name}”已在 {where} 用过，请换一个；要代替那一行请写 replace",
        "row id {name!r} is already used at {where}: choose another, or write replace to stand in for it",
    ),
    "unknown_row": ("上级没有“{name}”这一行", "there is no inherited row {name!r}"),
    "two_places": ("before、after、replace 只能写一个", "only one of before, after and replace may be written"),
    "not_delegated": (
        "上级没有授权改动“{name}”；需要上级写明 delegated 及依据",
        "{name!r} is not opened by the level above: it must say delegated, with its source",
    ),
    "delegated_too_low": (
        "“{name}”只授权给 {levels}，本地区是 {kind}",
        "{name!r} is opened only to {levels}, this region is a {kind}",
    ),
    "delegated_wider": (
        "这里开放给下级的，超出了上级授权本级的范围（{shown}）",
        "this opens more to the levels below than was opened to this one ({shown})",
    ),
    "not_earlier": (
        "上级的 {above} 更早或更少，仍按上级（授权以更早者为准）",
        "{above} above is earlier or less and stays in force: the delegation lets the earlier one prevail",
    ),
    "above_limit": ("{value} 超过上级授权的上限 {limit}", "{value} is above the bound {limit} set by the level above"),
    "no_catch_all": (
        "“{name}”在 {day} 起没有规则；最后一行可以不带条件，包括其余情形",
        "{name!r} has no row from {day}: a last row without condition would take all cases",
    ),
    "gap": (
        "“{name}”在 {day} 起有情形没有规则：{case_zh}；请补一行，或让最后一行不带条件",
        "{name!r} has no row for some cases from {day}: {case_en}; add a row, or one without condition at the end",
    ),
    "overlap": (
        "与 {where} 的“{name}”同时适用：{case_zh}",
        "this holds together with {name!r} at {where}: {case_en}",
    ),
    "dead_row": (
        "这一行永远轮不到：它的情形都先由“{name}”（{where}）决定，例如{case_zh}",
        "this row is never reached: all its cases are decided by {name!r} ({where}) first, such as {case_en}",
    ),
    "dead_from": (
        "这一行自 {day} 起轮不到：它的情形都先由“{name}”（{where}）决定，例如{case_zh}",
        "this row is not reached from {day}: all its cases are decided by {name!r} ({where}) first, such as {case_en}",
    ),
    "hidden_row": (
        "上级的“{row}”自 {day} 起轮不到，它的情形都先由这一行等决定；请写明 replace 或 end",
        "the row {row!r} of the level above is not reached from {day}, rows here come first: write replace or end",
    ),
    "rate_above_one": (
        "“{name}”的比率 {value} 超过 100%；确实如此就在参数上写 max",
        "the rate {name!r} is {value}, above 100 %: where it is meant, give the parameter a max",
    ),
    "one_reading": (
        "一个数值有几种读法时才这样写：至少两种，数值不全相同",
        "this form is for a text that can be read in several ways: at least two, with different values",
    ),
    "reading_missing": (
        "同一参数的其他行还有这些读法，这一行没有写：{names}",
        "other lines of the parameter have these readings too, this one lacks them: {names}",
    ),
    "too_many_readings": (
        "没有定论的参数太多，合起来有 {count} 种读法，最多 {most} 种",
        "too many parameters are open: {count} ways to read them together, at most {most} are tried",
    ),
    "out_of_order": (
        "{day} 起 {first} 与 {second} 不是依次{order_zh}；确实如此就在这一行写 confirmed 和理由",
        "from {day} {first} and {second} do not {order_en} in order: where it is meant, write confirmed and why",
    ),
    "could_be_parameter": (
        "与上级的“{name}”只差一个数（{value}，上级为 {other}）：可写成参数，各地只写数值",
        "this differs from {name!r} above in one number only ({value}, there {other}): it could be a parameter",
    ),
    "never_true": (
        "这一行的条件互相矛盾，没有情形能同时符合",
        "the conditions of this row contradict one another: no case meets them all",
    ),
    "no_example": (
        "没有例子用到“{name}”这一行，请在 cases 里补一个由它决定的例子",
        "no example turns on the row {name!r}: add one to the cases that it decides",
    ),
    "output_missing": ("then 里没有写“{name}”（{label}）", "then lacks {name!r}"),
    "unknown_output": ("这个决定没有“{name}”这项结果", "this decision has no output {name!r}"),
    "amount_unknown": (
        "金额“{name}”没有写 unknown 的余地；类型应写成 money?",
        "the amount {name!r} cannot be unknown: its type would be money?",
    ),
    "conflict_side": (
        "“{name}”不是{side}的文件",
        "{name!r} is no document of the {other} side",
    ),
    "conflict_reason": (
        "不能证明“{name}”在后，以它为准要写明理由（reason、en）",
        "{name!r} is not known to be the later one: say why it stands (reason, en)",
    ),
    "conflict_stands": (
        "写明以 {stands} 为准，但“{row}”不是那一方的规定，或没有引用“{name}”",
        "{stands} is said to stand, but {row!r} is no rule of that side, or does not cite {name!r}",
    ),
    "bad_sum": ("汇总的决定只能用数量、金额和列表作结果", "a collecting decision sums numbers, money and lists only"),
    # parameters
    "unknown_parameter": ("没有“{name}”这个参数", "there is no parameter {name!r}"),
    "parameter_overlap": ("与 {where} 的数值期间重叠", "this overlaps the value at {where}"),
    "parameter_hole": (
        "{start} 至 {until} 没有数值；不知道就写 value: unknown",
        "no value from {start} to {until}: where it is not known write value: unknown",
    ),
    "parameter_missing": (
        "这一行有效，而它用到的“{name}”{zh}没有数值；不知道就在该参数下写 value: unknown",
        "this row is in force while {name!r}, which it reads, has no value {en}: where it is not known write"
        " value: unknown there",
    ),
    "parameter_key": ("参数“{name}”{needs_zh}", "the parameter {name!r} {needs_en}"),
    # packs
    "bad_code": (
        "地区代码应为六位数字，且与文件夹名一致：{region}",
        "a region code is six digits, as in the folder's name: {region}",
    ),
    "unknown_parent": (
        "没有上级地区“{region}”的规则包；现有：{known}",
        "there is no pack of the parent region {region!r}; there are: {known}",
    ),
    "parent_cycle": ("上级地区绕了一圈又回到自己：{region}", "the parents of {region} come back to itself"),
    "duplicate_region": ("地区 {region} 已有规则包：{where}", "region {region} already has a pack: {where}"),
    "no_packs": ("没有找到规则包：{where}", "no pack was found in {where}"),
    "unreadable": ("规则包读不出来：{problem}", "the packs cannot be read: {problem}"),
    "csv_columns": ("CSV 的列应为 {columns}", "the columns of the CSV should be {columns}"),
}
