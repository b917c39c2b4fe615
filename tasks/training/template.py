"""The chat template of students trained from scratch, and the vocabulary it needs (pure).

    <|im_start|>system
    ...
    <tools>
    sunrise_for_almanac: When the sun rises
    - city (string, required): City name; example_value="Lima"
    </tools><|im_end|>
    <|im_start|>user
    ... <|im_end|>
    <|im_start|>assistant
    thought
    <tool_call>{"name": "...", "arguments": {...}}</tool_call><|im_end|>
    <|im_start|>tool
    observation <|im_end|>

A function is written as its signature, not as JSON Schema: all that the schema says, in fewer tokens of a
prompt that is paid for at every turn.

`{% generation %}` marks what an assistant says, its closing token included: loss falls there and nowhere
else. Each message is rendered by itself, so the rendering of a conversation's beginning is the beginning of
its rendering: what the student reads while it acts is exactly what it was trained on. Text that spells a
turn's token (an API may answer anything) is broken up, so that no observation can end its own turn.
"""

PAD = "<pad>"
START_OF_TEXT = "<s>"
END_OF_TEXT = "</s>"
"""Ends a turn of students trained in ToolLLaMA's layout, which have no other tokens of turns."""
TURN_START = "<|im_start|>"
TURN_END = "<|im_end|>"
CALL_START = "<tool_call>"
CALL_END = "</tool_call>"
SPECIAL_TOKENS = (PAD, START_OF_TEXT, TURN_END, TURN_START, CALL_START, CALL_END)
GENERATION_MARK = "{% generation %}"
"""What a base model's own template must hold to be used as it is."""

CHAT_TEMPLATE = """\
{%- macro plain(text) -%}
{{ (text or '') | replace('<|im_', '< |im_') | replace('<tool_call>', '< tool_call>') \
| replace('</tool_call>', '< /tool_call>') | replace('<pad>', '< pad>') | replace('<s>', '< s>') }}
{%- endmacro -%}
{%- macro signature(function) -%}
{%- set schema = function.parameters if function.parameters is mapping else {} -%}
{{ function.name ~ ':' ~ (' ' ~ function.description if function.description else '') }}
{%- for key, value in schema.items() if key not in ('type', 'properties', 'required', 'optional') -%}
{{ '; ' ~ key ~ '=' ~ value | tojson }}
{%- endfor -%}
{%- for name, parameter in (schema.properties or {}).items() if parameter is mapping -%}
{%- set kind = parameter.type | default('any') -%}
{{ '\\n- ' ~ name ~ ' (' ~ (kind if kind is string else kind | tojson) }}
{{- (', required' if name in (schema.required or []) else '') ~ ')' }}
{{- ': ' ~ parameter.description if parameter.description else '' }}
{%- for key, value in parameter.items() if key not in ('type', 'description') -%}
{{ '; ' ~ key ~ '=' ~ value | tojson }}
{%- endfor -%}
{%- endfor -%}
{%- endmacro -%}
{%- macro speech(message) -%}
{{ plain(message.content) }}
{%- for call in message.tool_calls or [] -%}
{%- set function = call.function -%}
{{ '<tool_call>{"name": ' + plain(function.name | tojson) + ', "arguments": ' }}
{{- plain(function.arguments if function.arguments is string else function.arguments | tojson) }}
{{- '}</tool_call>' }}
{%- endfor -%}
{{ '<|im_end|>' }}
{%- endmacro -%}
{%- set opening = messages[0].content if messages and messages[0].role == 'system' else '' -%}
{%- if opening or tools -%}
{{ '<|im_start|>system\\n' + plain(opening) }}
{%- if tools -%}
{{ '\\n<tools>\\n' }}
{%- for tool in tools -%}
{{ plain(signature(tool.function if tool.function is defined else tool)) + '\\n' }}
{%- endfor -%}
{{ '</tools>' }}
{%- endif -%}
{{ '<|im_end|>\\n' }}
{%- endif -%}
{%- for message in messages -%}
{%- if message.role == 'assistant' -%}
{{ '<|im_start|>assistant\\n' }}
{%- if message.weight is defined and message.weight == 0 -%}
{{ speech(message) }}
{%- else -%}
{%- generation -%}
{{ speech(message) }}
{%- endgeneration -%}
{%- endif -%}
{{ '\\n' }}
{%- elif not (message.role == 'system' and loop.first) -%}
{{ '<|im_start|>' + message.role + '\\n' + plain(message.content) + '<|im_end|>\\n' }}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{ '<|im_start|>assistant\\n' }}
{%- endif -%}
"""
