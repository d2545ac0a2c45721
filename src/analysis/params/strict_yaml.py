"""YAML in which a key stands once, and an impossible date is left to the checks that follow."""

from datetime import date

import yaml


class OneKeyOnce:
    """Makes a loader refuse a key that is given twice, of which YAML would take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        """Return a mapping, or refuse it."""
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        doubled = sorted({str(key) for key in keys if keys.count(key) > 1})
        if doubled:
            raise yaml.constructor.ConstructorError(
                None, None, f"key given twice: {', '.join(doubled)}", node.start_mark
            )
        return super().construct_mapping(node, deep)


class StrictLoader(OneKeyOnce, yaml.SafeLoader):
    """Reads a parameter file."""

    def construct_date(self, node: yaml.ScalarNode) -> date | str:
        """Return a date, or the text of one that does not exist."""
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError:
            return self.construct_scalar(node)


StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", StrictLoader.construct_date)
