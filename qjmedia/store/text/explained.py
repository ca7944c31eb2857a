"""What stands behind the faults of the text itself: the strict profile of docs/adr/0003."""

from qjmedia.model.explanation import Explanation

EXPLAINED = {
    "QJ0001": Explanation(
        "文件不是 UTF-8 文本，或太大",
        "登记要在哪台机器上都读得出来；GBK、带字节顺序标记（BOM）的、超过 256 KB 的都不收。",
        wrong="name: 数学学院（存成 GBK）",
        right="name: 数学学院（存成 UTF-8）",
        fix="在编辑器中选“另存为”，编码选 UTF-8（不带 BOM）",
    ),
    "QJ0002": Explanation(
        "读不出来：不符合 YAML 的写法",
        "一行一个字段，写成“字段: 值”；引号、括号要配对，缩进用空格，冒号用英文半角加一个空格。",
        wrong="status：已备案",
        right="status: 已备案",
        fix="按提示改这一行；改不好的用 qjmedia amend 改，不必手写",
    ),
    "QJ0003": Explanation(
        "用了 YAML 的锚点、别名、标签、合并键或第二个文档",
        "各种程序对这些写法的读法不一，同一份登记会读成不同的内容。",
        wrong="positioning: &定位 学院教学科研动态",
        right="positioning: 学院教学科研动态",
        fix="删去 &、*、!、<< 和 ---，把内容直接写出来；属于内容的，给整个值加英文双引号",
    ),
    "QJ0004": Explanation(
        "同一个字段写了两次",
        "读的程序有的取前一个，有的取后一个，谁也说不准登记的是什么。",
        wrong="verified: 已认证\nverified: 未认证",
        right="verified: 已认证",
        fix="删去其中一个",
    ),
    "QJ0005": Explanation(
        "值要加引号",
        "不加引号的数字、日期、是否，别的程序会当作数或真假：0874 前面的零就丢了。",
        wrong="opened_on: 2019-03-01",
        right='opened_on: "2019-03-01"',
        fix='给值加上英文双引号："…"',
    ),
    "QJ0012": Explanation(
        "值里有看不见的字符",
        "控制符、改变文字方向的符号、零宽字符看不见，却使名称、账号查不到，也可以用来冒充。",
        wrong='positioning: "学院\\u200b教学科研动态"',
        right="positioning: 学院教学科研动态",
        fix="删去它；看不见时，把这一段删掉重新输入",
    ),
}
"""The faults that the reader finds, by code; these examples are lines of a file."""
