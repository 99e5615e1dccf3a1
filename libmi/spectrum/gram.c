/* Gram matrices of joints in double precision, and their duals: what the fast routes are checked
 * against.
 *
 *     K = K_1 o K_2 o ...                      Hadamard product, (m,m)
 *     K_1 = Z Z'                               linear, rows of Z (m,d) normalised
 *     K_1 = ((<z_i,z_j> + C) / (1 + C))^P      polynomial, the same rows
 *     K_1 = exp(-q / (2 S^2)), exp(-sqrt q / S)      gaussian, laplacian:
 *           q = |z_i|^2 + |z_j|^2 - 2 <z_i,z_j>, or of near rows the squared differences, summed
 *     K_1 = [c_i = c_j]                        delta
 *
 * Linear kernels have feature maps of finite width, and a Hadamard product of Gram matrices is the
 * Gram matrix of Kronecker products of rows: <a_i x b_i, a_j x b_j> = <a_i,a_j><b_i,b_j>. With Phi
 * (m,w) these rows, w the product of the d,
 *
 *     K = Phi Phi'  (m,m)   and the dual   P = Phi' Phi  (w,w)
 *
 * have the same non-zero eigenvalues; the smaller of the two is worked with. */
#include "libmi/spectrum/gram.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/data/kernel_internal.h"

/* Rows taken at a time, so that scratch matrices stay small beside the result. */
#define PANEL 256

/* The kernel of rows a and b, of squares a2 and b2. */
static double kernel_value(const mi_kernel *k, const double *a, const double *b, size_t d,
                           double a2, double b2, double product)
{
    return mi_kernel_is_of_cosine(k->kind)
               ? mi_kernel_of_cosine(k, product)
               : mi_kernel_of_square(k, mi_square_apart(a, b, d, a2, b2, product));
}

/* g (rows, columns 0..last) of inner products of rows of z (.,d) becomes kernel values. */
static void kernel_panel(double *g, size_t ld, size_t first, size_t rows, const double *z, size_t d,
                         const double *square, const mi_kernel *k)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j <= first + i; j++)
            g[i * ld + j] = kernel_value(k, z + (first + i) * d, z + j * d, d, square[first + i],
                                         square[j], g[i * ld + j]);
}

/* Multiply the kernel values of one real variable into k (m,m), PANEL rows at a time; the first
 * variable sets them. A panel from row i0 needs columns up to i0 + rows only: the lower
 * triangle. */
static mi_status real_factor(double *k, const mi_var *v, const size_t *row, size_t m, int is_first)
{
    size_t d = v->x->d;
    double *z = NULL, *g = NULL, *square = NULL;
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW_RAW(z, m * d), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(g, is_first ? 1 : PANEL * m), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(square, m), done);
    MI_TRY_GOTO(status, mi_var_rows_f64(v, row, m, z), done);
    for (size_t i = 0; i < m; i++)
        square[i] = cblas_ddot((int)d, z + i * d, 1, z + i * d, 1);
    for (size_t i0 = 0; i0 < m; i0 += PANEL) {
        size_t rows = m - i0 < PANEL ? m - i0 : PANEL;
        double *to = k + i0 * m, *panel = is_first ? to : g;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)(i0 + rows), (int)d, 1,
                    z + i0 * d, (int)d, z, (int)d, 0, panel, (int)m);
        if (!mi_kernel_is_linear(v->kernel.kind))
            kernel_panel(panel, m, i0, rows, z, d, square, &v->kernel);
        for (size_t i = 0; !is_first && i < rows; i++)
            for (size_t j = 0; j <= i0 + i; j++)
                to[i * m + j] *= g[i * m + j];
    }
done:
    mi_free(z);
    mi_free(g);
    mi_free(square);
    return status;
}

/* Pairs of one class keep their value, all others become 0: with classes sorted, K is
 * block-diagonal. */
static void delta_factor(double *k, const mi_groups *groups, const size_t *row, size_t m,
                         int is_first)
{
    for (size_t i = 0; i < m; i++) {
        int32_t ci = groups->code[row ? row[i] : i];
        for (size_t j = 0; j <= i; j++) {
            int same = groups->code[row ? row[j] : j] == ci;
            k[i * m + j] = same ? (is_first ? 1 : k[i * m + j]) : 0;
        }
    }
}

static size_t row_of(const mi_block *b, size_t i)
{
    return b->row ? b->row[i] : i;
}

double mi_gram_self(const mi_block *b, size_t i)
{
    double product = 1;
    for (size_t v = 0; v < b->n_var; v++)
        if (b->var[v]->self)
            product *= b->var[v]->self[row_of(b, i)];
    return product;
}

mi_status mi_gram(double *k, const mi_block *b)
{
    MI_TRY(mi_blas_check(MI_DGEMM_NT | MI_DSYRK_T));
    for (size_t v = 0; v < b->n_var; v++) {
        if (mi_var_is_real(b->var[v]))
            MI_TRY(real_factor(k, b->var[v], b->row, b->m, v == 0));
        else
            delta_factor(k, b->var[v]->groups, b->row, b->m, v == 0);
    }
    for (size_t i = 0; i < b->m; i++)
        k[i * b->m + i] = mi_gram_self(b, i);
    return MI_OK;
}

/* Rows of one variable with |z|^2 of each. */
typedef struct {
    size_t m, d;
    double *z, *square;
} side;

static mi_status side_make(side *s, const mi_block *b, size_t v)
{
    *s = (side){.m = b->m, .d = b->var[v]->x->d};
    MI_TRY(MI_NEW_RAW(s->z, s->m * s->d));
    MI_TRY(MI_NEW_RAW(s->square, s->m));
    MI_TRY(mi_var_rows_f64(b->var[v], b->row, s->m, s->z));
    for (size_t i = 0; i < s->m; i++)
        s->square[i] = cblas_ddot((int)s->d, s->z + i * s->d, 1, s->z + i * s->d, 1);
    return MI_OK;
}

static void side_free(side *s)
{
    mi_free(s->z);
    mi_free(s->square);
}

/* k (a->m, b->m) *= the kernel values of one variable; g (a->m, b->m) is scratch. */
static void across(double *k, double *g, const side *a, const side *b, const mi_kernel *kernel)
{
    size_t d = a->d;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)a->m, (int)b->m, (int)d, 1, a->z,
                (int)d, b->z, (int)d, 0, g, (int)b->m);
    for (size_t i = 0; i < a->m; i++)
        for (size_t j = 0; j < b->m; j++)
            k[i * b->m + j] *= kernel_value(kernel, a->z + i * d, b->z + j * d, d, a->square[i],
                                            b->square[j], g[i * b->m + j]);
}

mi_status mi_gram_across(double *k, const mi_block *rows, const mi_block *columns)
{
    double *g;
    mi_status status = MI_OK;
    MI_TRY(mi_blas_check(MI_DGEMM_NT));
    MI_TRY(MI_NEW_RAW(g, rows->m * columns->m));
    for (size_t i = 0; i < rows->m * columns->m; i++)
        k[i] = 1;
    for (size_t v = 0; status == MI_OK && v < rows->n_var; v++) {
        side a, b = {.z = NULL};
        status = side_make(&a, rows, v);
        if (status == MI_OK)
            status = side_make(&b, columns, v);
        if (status == MI_OK)
            across(k, g, &a, &b, &rows->var[v]->kernel);
        side_free(&a);
        side_free(&b);
    }
    for (size_t i = 0; i < rows->m; i++)
        for (size_t j = 0; j < columns->m; j++)
            if (row_of(rows, i) == row_of(columns, j))
                k[i * columns->m + j] = mi_gram_self(rows, i);
    mi_free(g);
    return status;
}

size_t mi_joint_width(const mi_var *const *var, size_t n_var)
{
    size_t width = 1;
    for (size_t v = 0; v < n_var; v++) {
        if (!mi_kernel_is_linear(var[v]->kernel.kind) || width > MI_WIDTH_MAX / var[v]->x->d)
            return SIZE_MAX;
        width *= var[v]->x->d;
    }
    return width;
}

/* out (da db) = a x b, the Kronecker product of a row of each: the row of the joint's feature
 * map. */
static void kronecker(double *out, const double *a, size_t da, const double *b, size_t db)
{
    for (size_t i = 0; i < da; i++)
        for (size_t j = 0; j < db; j++)
            out[i * db + j] = a[i] * b[j];
}

/* joint (m, w) = one_1 x one_2 x ... : rows of the joint's feature map, a variable at a time;
 * `one` holds a variable's rows, `old` the joint row so far, which grows from d_1 to d_1 d_2 and so
 * on. */
static mi_status joint_rows(double *joint, double *one, double *old, const mi_block *panel,
                            size_t w)
{
    size_t width = panel->var[0]->x->d;
    MI_TRY(mi_var_rows_f64(panel->var[0], panel->row, panel->m, one));
    for (size_t i = 0; i < panel->m; i++)
        memcpy(joint + i * w, one + i * width, width * sizeof *joint);
    for (size_t v = 1; v < panel->n_var; v++) {
        size_t d = panel->var[v]->x->d;
        MI_TRY(mi_var_rows_f64(panel->var[v], panel->row, panel->m, one));
        for (size_t i = 0; i < panel->m; i++) {
            memcpy(old, joint + i * w, width * sizeof *old);
            kronecker(joint + i * w, old, width, one + i * d, d);
        }
        width *= d;
    }
    return MI_OK;
}

/* The joint's rows, panel by panel: what mi_gram_dual and mi_gram_dual_rows walk over. */
typedef struct {
    const mi_block *b;
    size_t w;
    double *joint, *one, *old;
    size_t row[PANEL];
} joint_walk;

static mi_status walk_init(joint_walk *k, const mi_block *b)
{
    size_t widest = 0;
    *k = (joint_walk){.b = b, .w = mi_joint_width(b->var, b->n_var)};
    for (size_t v = 0; v < b->n_var; v++)
        widest = b->var[v]->x->d > widest ? b->var[v]->x->d : widest;
    MI_TRY(mi_blas_check(MI_DGEMM_NT | MI_DSYRK_T));
    MI_TRY(MI_NEW_RAW(k->joint, PANEL * k->w));
    MI_TRY(MI_NEW_RAW(k->one, PANEL * widest));
    return MI_NEW_RAW(k->old, k->w);
}

static mi_status walk_panel(joint_walk *k, size_t first, size_t rows)
{
    mi_block panel = {.var = k->b->var, .n_var = k->b->n_var, .row = k->row, .m = rows};
    for (size_t i = 0; i < rows; i++)
        k->row[i] = k->b->row ? k->b->row[first + i] : first + i;
    return joint_rows(k->joint, k->one, k->old, &panel, k->w);
}

static void walk_free(joint_walk *k)
{
    mi_free(k->joint);
    mi_free(k->one);
    mi_free(k->old);
}

/* P = sum over panels of Phi_panel' Phi_panel. */
mi_status mi_gram_dual(double *p, const mi_block *b)
{
    joint_walk k;
    mi_status status = walk_init(&k, b);
    int w = (int)k.w;
    for (size_t i0 = 0; status == MI_OK && i0 < b->m; i0 += PANEL) {
        size_t rows = b->m - i0 < PANEL ? b->m - i0 : PANEL;
        status = walk_panel(&k, i0, rows);
        if (status != MI_OK)
            break;
        cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, w, (int)rows, 1, k.joint, w, i0 ? 1 : 0,
                    p, w);
    }
    walk_free(&k);
    return status;
}

/* q_i = phi_i' P phi_i = sum_j (phi_i' phi_j)^2 = sum_j K_ij^2, j the rows of P; a panel is (Phi P)
 * o Phi. */
mi_status mi_gram_dual_rows(double *q, const double *p, const mi_block *b)
{
    joint_walk k;
    double *product = NULL;
    mi_status status = walk_init(&k, b);
    int w = (int)k.w;
    if (status == MI_OK)
        status = MI_NEW_RAW(product, PANEL * k.w);
    for (size_t i0 = 0; status == MI_OK && i0 < b->m; i0 += PANEL) {
        size_t rows = b->m - i0 < PANEL ? b->m - i0 : PANEL;
        status = walk_panel(&k, i0, rows);
        if (status != MI_OK)
            break;
        cblas_dsymm(CblasRowMajor, CblasRight, CblasLower, (int)rows, w, 1, p, w, k.joint, w, 0,
                    product, w);
        for (size_t i = 0; i < rows; i++)
            q[i0 + i] = cblas_ddot(w, product + i * k.w, 1, k.joint + i * k.w, 1);
    }
    mi_free(product);
    walk_free(&k);
    return status;
}

/* Columns i0 .. of u are V Phi_panel'. */
mi_status mi_gram_dual_vectors(double *u, const double *v, size_t count, const mi_block *b)
{
    joint_walk k;
    mi_status status = walk_init(&k, b);
    for (size_t i0 = 0; status == MI_OK && i0 < b->m; i0 += PANEL) {
        size_t rows = b->m - i0 < PANEL ? b->m - i0 : PANEL;
        status = walk_panel(&k, i0, rows);
        if (status != MI_OK)
            break;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)count, (int)rows, (int)k.w, 1, v,
                    (int)k.w, k.joint, (int)k.w, 0, u + i0, (int)b->m);
    }
    walk_free(&k);
    return status;
}
