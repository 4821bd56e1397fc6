{#- A value lies between two bounds, both included; null is no value and passes.

    minimum, maximum: numbers; leave one out for a range that is open on that side. -#}
{% test in_range(model, column_name, minimum=none, maximum=none) %}

select {{ column_name }}
from {{ model }}
where
    false
    {%- if minimum is not none %} or {{ column_name }} < {{ minimum }}{% endif %}
    {%- if maximum is not none %} or {{ column_name }} > {{ maximum }}{% endif %}

{% endtest %}
