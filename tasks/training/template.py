"""The chat template of students trained from scratch, and the vocabulary it needs (pure).

    <|im_start|>system
    ... the offered functions, one JSON a line between <tools> and </tools> <|im_end|>
    <|im_start|>user
    ... <|im_end|>
    <|im_start|>assistant
    thought
    <tool_call>{"name": "...", "arguments": {...}}</tool_call><|im_end|>
    <|im_start|>tool
    observation <|im_end|>

`{% generation %}` marks what an assistant says, its closing token included: loss falls there and nowhere
else. Each message is rendered by itself, so the rendering of a conversation's beginning is the beginning of
its rendering: what the student reads while it acts is exactly what it was trained on. Text that spells a
turn's token (an API may answer anything) is broken up, so that no observation can end its own turn.
"""

PAD = "<pad>"
START_OF_TEXT = "<s>"
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
{{ plain((tool.function if tool.function is defined else tool) | tojson) + '\\n' }}
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
