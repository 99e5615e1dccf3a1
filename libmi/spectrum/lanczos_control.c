/* Control variates: a function as c_0 + c_1 x + c_2 x^2, by weighted least squares over nodes. */
#include "libmi/spectrum/private.h"

/* sum w p p' c = sum w p f(x) with p = (1, x, x^2). */
void mi_control_add(mi_control_fit *fit, double x, double w, double value)
{
    const double power[MI_CONTROLS] = {1, x, x * x};
    for (int i = 0; i < MI_CONTROLS; i++) {
        for (int j = 0; j < MI_CONTROLS; j++)
            fit->normal[i][j] += w * power[i] * power[j];
        fit->right[i] += w * power[i] * value;
    }
}

/* By elimination; a tiny ridge, 1e-13 of the trace, makes spectra of one or two values solvable. */
void mi_control_solve(double c[MI_CONTROLS], mi_control_fit *fit, int size)
{
    double trace = fit->normal[0][0] + fit->normal[1][1] + fit->normal[2][2];
    for (int i = 0; i < size; i++)
        fit->normal[i][i] += 1e-13 * trace;
    for (int i = 0; i < size; i++) {
        for (int k = i + 1; k < size; k++) {
            double factor = fit->normal[k][i] / fit->normal[i][i];
            for (int j = i; j < size; j++)
                fit->normal[k][j] -= factor * fit->normal[i][j];
            fit->right[k] -= factor * fit->right[i];
        }
    }
    for (int i = size; i-- > 0;) {
        c[i] = fit->right[i];
        for (int j = i + 1; j < size; j++)
            c[i] -= fit->normal[i][j] * c[j];
        c[i] /= fit->normal[i][i];
    }
}
