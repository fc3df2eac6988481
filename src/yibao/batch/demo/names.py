"""Names and addresses of persons and employers who do not exist."""

from random import Random

_FAMILY = tuple("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈")
_GIVEN = {
    "M": "伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆建国志文峰海山林东成",
    "F": "芳娜敏静丽艳娟霞秀玲桂英红玉梅兰燕萍雪琳洁婷颖慧倩莹璐欣怡佳思雨晨梦瑶",
}
_TRADES = ("机械", "电子", "食品", "物流", "建筑", "纺织", "化工", "汽车配件", "餐饮管理", "信息技术", "商贸", "印务")
_PLACES = ("渝北", "两江", "沙坪坝", "九龙坡", "江北", "南岸", "綦江", "万州", "涪陵", "永川", "璧山", "合川")
_KINDS = ("有限公司", "股份有限公司", "有限责任公司")

REGION = "500000"
"""The pooling area every demo person is insured in; the counties below it share one fund."""

COUNTIES = (
    ("500112", "渝北区"),
    ("500103", "渝中区"),
    ("500105", "江北区"),
    ("500106", "沙坪坝区"),
    ("500107", "九龙坡区"),
    ("500108", "南岸区"),
    ("500110", "綦江区"),
    ("500101", "万州区"),
)
"""County codes and names, the place of the first identity digits; the first is where planted persons live."""


def person_name(rng: Random, *, sex: str) -> str:
    """Return a made-up name of two or three characters.

    Args:
        rng: Where chance comes from.
        sex: M or F.

    Example:
        >>> len(person_name(Random(1), sex="F")) in (2, 3)
        True
    """
    given = "".join(rng.choice(_GIVEN[sex]) for _ in range(1 + (rng.randrange(100) < 80)))
    return rng.choice(_FAMILY) + given


def employer_name(rng: Random, *, number: int) -> str:
    """Return a made-up name of a firm; the number keeps two firms apart and shows that it is synthetic.

    Example:
        >>> employer_name(Random(1), number=7).endswith("公司")
        True
    """
    return f"{rng.choice(_PLACES)}演示{number:04d}号{rng.choice(_TRADES)}{rng.choice(_KINDS)}"
