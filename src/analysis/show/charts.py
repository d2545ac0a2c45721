"""The charts of the bulletin. Each takes a protected table and returns a Chart.

Where the table shows no value at all, the chart says so in words.
"""

from analysis.show import columns, distributions, funnels, ranks, trends
from analysis.show import excess as excesses
from analysis.show import intervals as interval_plots
from analysis.show.nothing import or_words

by_age = or_words(trends.by_age)
delays = or_words(trends.delays)
distribution = or_words(distributions.distribution)
excess = or_words(excesses.excess)
funnel = or_words(funnels.funnel)
gradient = or_words(trends.gradient)
intervals = or_words(interval_plots.intervals)
lines = or_words(trends.lines)
months = or_words(trends.months)
ranked = or_words(ranks.ranked)
stacked = or_words(columns.stacked)
