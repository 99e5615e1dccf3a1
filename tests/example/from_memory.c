/* Features in memory: one information, and both bounds with a standard error. */
#include <libmi/mi.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N = 400, D1 = 16, D2 = 8 }; /* two views of 200 images of 4 classes */

static float z1[N * D1], z2[N * D2];
static int64_t r[N], y[N];

static void fill(void)
{
    for (int i = 0; i < N; i++) {
        r[i] = i / 2;
        y[i] = r[i] % 4;
        for (int k = 0; k < D1; k++)
            z1[i * D1 + k] =
                (float)(cos((double)y[i] * (k + 1)) + sin((double)(r[i] * 7 + i) * (k + 2)));
        for (int k = 0; k < D2; k++)
            z2[i * D2 + k] = tanhf(z1[i * D1 + k] + z1[i * D1 + k + D2]);
    }
}

int main(void)
{
    mi_arrays arrays;
    mi_sample sample;
    mi_bounds_opts opts;
    mi_bounds_result bounds;
    mi_run run;
    double i_z1_z2;
    fill();
    memset(&arrays, 0, sizeof arrays);
    arrays.n = N;
    arrays.z1.x = z1, arrays.z1.d = D1;
    arrays.z2.x = z2, arrays.z2.d = D2;
    arrays.r = r;
    arrays.y = y;
    mi_run_default(&run);
    mi_bounds_opts_default(&opts);
    opts.se = 1;
    if (mi_sample_of(&sample, &arrays, NULL) != MI_OK ||
        mi_information(&i_z1_z2, &sample, "z1:z2", 2, &run) != MI_OK ||
        mi_bounds(&bounds, &sample, &opts, &run) != MI_OK) {
        fprintf(stderr, "%s\n", mi_detail());
        return 1;
    }
    printf("I(Z1;Z2) %.4f, I(Y;Z1) %.4f +- %.4f, upper %.4f\n", i_z1_z2, bounds.value[MI_I_Y_Z1],
           bounds.se[MI_I_Y_Z1], bounds.value[MI_UPPER]);
    mi_sample_free(&sample);
    return 0;
}
