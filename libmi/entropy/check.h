/* check.h - what every computation is given: orders, variables, joints. The door of the mathematics.
 *
 * uses: data/kernel_internal entropy/joint
 */
#ifndef MI_CHECK_H
#define MI_CHECK_H

#include "libmi/entropy/joint.h"

/* Orders: one or more, each above 0, infinity included. Errors: MI_EUSAGE naming the first that is
 * not. */
mi_status mi_orders_check(const double *alpha, size_t n_alpha);

/* Variables that are whole, of equally many rows, at least two, with kernels that are resolved; joints
 * of at least one of them and of no other. Errors: MI_EUSAGE. */
mi_status mi_joints_check(const mi_joint *joint, size_t n_joints, const mi_var *var, size_t n_var);

#endif
