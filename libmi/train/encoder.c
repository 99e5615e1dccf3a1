/* Encoders: the small convolutional net, the CIFAR ResNets of He, Zhang, Ren and Sun ("Deep Residual
 * Learning for Image Recognition", CVPR 2016, section 4.2; here with projection shortcuts), and
 * ResNet-18 with a 3 x 3 stem, as it is used on images of 32 x 32. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/train/net.h"
#include "libmi/train/private.h"

/* A unit: convolution, batch normalisation, ReLU. */
typedef struct {
    int channels, kernel, stride, relu, like;
} form;

static mi_status unit(mi_net *net, int *at, form f)
{
    MI_TRY(mi_net_convolution(net, *at, f.channels, f.kernel, f.stride, f.like, at));
    return mi_net_norm(net, *at, f.relu, at);
}

/* Two 3 x 3 units beside a shortcut, which is a 1 x 1 unit where shapes change. */
static mi_status block(mi_net *net, int *at, int channels, int stride, int is_large)
{
    int main = *at, shortcut = *at, is_same = stride == 1 && net->act[*at].c == channels;
    MI_TRY(unit(net, &main, (form){channels, 3, stride, 1, -1}));
    if (is_large)
        mi_net_forget(net, main);
    MI_TRY(unit(net, &main, (form){channels, 3, 1, 0, is_same ? shortcut : -1}));
    if (!is_same)
        MI_TRY(unit(net, &shortcut, (form){channels, 1, stride, 0, main}));
    return mi_net_join(net, main, shortcut, at);
}

/* Values of the first stage take half of the memory. */
static mi_status stages(mi_net *net, int n_stages, int blocks, int width)
{
    int at = 0;
    MI_TRY(unit(net, &at, (form){width, 3, 1, 1, -1}));
    for (int s = 0; s < n_stages; s++)
        for (int b = 0; b < blocks; b++)
            MI_TRY(block(net, &at, width << s, s > 0 && b == 0 ? 2 : 1, s == 0));
    return mi_net_pool(net, at);
}

static mi_status small(mi_net *net, int width)
{
    int at = 0;
    for (int k = 0; k < 4; k++)
        MI_TRY(unit(net, &at, (form){width << k, 3, k > 0 ? 2 : 1, 1, -1}));
    return mi_net_pool(net, at);
}

/* Blocks of 16 channels: with others oneDNN falls back on code that is many times slower. */
mi_status mi_encoder_build(mi_net *net, const char *name, int width)
{
    char *end = NULL;
    long depth = strncmp(name, "resnet", 6) == 0 ? strtol(name + 6, &end, 10) : 0;
    if (width < 0 || width % 16 != 0)
        return mi_fail(MI_EUSAGE, "an encoder of width %d, wanted a multiple of 16", width);
    if (strcmp(name, "small") == 0)
        return small(net, width ? width : 32);
    if (!end || *end || (depth != 18 && (depth < 8 || depth > 1202 || (depth - 2) % 6 != 0)))
        return mi_fail(MI_EUSAGE,
                       "'%s' is no encoder, wanted small, resnet18, or resnetN with N = 6k+2 (8, "
                       "14, 20, 32, 44, 56, 110)",
                       name);
    if (depth == 18)
        return stages(net, 4, 2, width ? width : 64);
    return stages(net, 3, (int)(depth - 2) / 6, width ? width : 16);
}
