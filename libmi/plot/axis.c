/* Axes: how far they reach, where their tics stand, and how many decimals their labels have. */
#include <math.h>

#include "libmi/plot/private.h"

void mi_plot_reach(mi_plot_range *r, double value, int is_log)
{
    if (!isfinite(value) || (is_log && value <= 0))
        return;
    r->low = fmin(r->low, value);
    r->high = fmax(r->high, value);
}

/* The smallest of 1, 2, 5, 10, 20 ... that is at least `value`. */
static double nice_above(double value)
{
    double ten = pow(10, floor(log10(value)));
    double first = value / ten * (1 - 1e-9);
    return ten * (first <= 1 ? 1 : first <= 2 ? 2 : first <= 5 ? 5 : 10);
}

static int decimals_of(double step)
{
    return (int)fmax(0, -floor(log10(step) + 1e-9));
}

/* Digits of a tic label such as 1.5e+20; 0: it is written without an exponent. */
static int digits_of(double largest, double step)
{
    if (largest < 1e10 && decimals_of(step) <= 8)
        return 0;
    return (int)fmin(fmax(ceil(log10(largest / step) - 1e-9) + 1, 1), 15);
}

/* Characters of a tic label: sign, digits before the point, point, digits that the step needs. */
static double label_chars(double largest, double step, int negative)
{
    double decimals = decimals_of(step);
    int digits = digits_of(largest, step);
    if (digits)
        return negative + digits + (digits > 1) + 5;
    return negative + fmax(1, floor(log10(fmax(largest, 1))) + 1) + (decimals > 0) + decimals;
}

double mi_plot_step_across(double low, double high, double chars, int is_whole)
{
    double largest = fmax(fabs(low), fabs(high));
    double step = nice_above((high - low) / 8);
    step = is_whole ? fmax(step, 1) : step;
    while ((high - low) / step * (label_chars(largest, step, low < 0) + 2) > chars)
        step = nice_above(step * 1.5);
    return step;
}

/* Ends that differ by less than this share of them are one value: the data have twelve digits. */
#define ALIKE 1e-10

int mi_plot_are_alike(double low, double high)
{
    return !(high - low > ALIKE * fmax(fabs(low), fabs(high)));
}

/* Room around the points; one value alone has some percent of itself to either side. */
static void widen(mi_plot_axis *a, int is_log, double margin)
{
    double room = a->high - a->low;
    if (is_log) {
        double factor = fmax(pow(a->high / a->low, margin), 1.1);
        a->low /= factor;
        a->high *= factor;
        return;
    }
    room = !mi_plot_are_alike(a->low, a->high) ? margin * room
           : a->low == 0                       ? 1
                                               : 0.02 * fabs(a->low);
    a->low -= room;
    a->high += room;
}

mi_plot_axis mi_plot_axis_of(const mi_plot_range *reach, const mi_plot_range *wanted, int is_log,
                             double margin)
{
    mi_plot_axis a = {.low = reach->low, .high = reach->high};
    if (!(a.low <= a.high))
        a.low = a.high = is_log ? 1 : 0;
    widen(&a, is_log, margin);
    int has_low = isfinite(wanted->low) && (!is_log || wanted->low > 0);
    if (has_low)
        a.low = wanted->low;
    if (isfinite(wanted->high))
        a.high = wanted->high;
    if (mi_plot_are_alike(a.low, a.high) && has_low) /* all points are below what is wanted */
        a.high = a.low + (is_log ? 9 * fabs(a.low) : fmax(1, 1e-6 * fabs(a.low)));
    else if (mi_plot_are_alike(a.low, a.high))
        a.low = a.high - (is_log ? 0.9 * fabs(a.high) : fmax(1, 1e-6 * fabs(a.high)));
    return a;
}

void mi_plot_axis_tics(mi_plot_axis *a, double step)
{
    a->step = step;
    a->decimals = decimals_of(step);
    a->digits = digits_of(fmax(fabs(a->low), fabs(a->high)), step);
}

double mi_plot_step_up(double low, double high, double lines)
{
    return nice_above((high - low) / fmax(lines / 1.6, 2));
}
