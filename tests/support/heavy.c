/* heavy make FILE ROWS COLUMNS [gzip]: a feature set of 19 MB in chunks of so many rows and columns, 0: all.
 * heavy hollow FILE ROWS: one that declares so many rows and stores none.
 * heavy peak COMMAND...: runs it, prints the kilobytes that it held at its peak; exits with its code. */
#include <fcntl.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N = 400, D1 = 8000, D2 = 4000 };

static void put_features(hid_t file, const char *name, hsize_t d, char **chunk, int is_packed)
{
    static unsigned seed = 1;
    hsize_t size[2] = {N, d},
            side[2] = {strtoull(chunk[0], NULL, 10), strtoull(chunk[1], NULL, 10)};
    hid_t space = H5Screate_simple(2, size, NULL), list = H5Pcreate(H5P_DATASET_CREATE);
    float *x = malloc(N * d * sizeof *x);
    for (hsize_t k = 0; k < N * d; k++)
        x[k] = (float)(seed = seed * 1664525u + 1013904223u) / 0x1p31f - 1;
    for (int k = 0; k < 2; k++)
        side[k] = side[k] && side[k] < size[k] ? side[k] : size[k];
    H5Pset_chunk(list, 2, side);
    if (is_packed)
        H5Pset_deflate(list, 1);
    hid_t set = H5Dcreate2(file, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, x);
    H5Dclose(set);
    H5Pclose(list);
    H5Sclose(space);
    free(x);
}

static void put_numbers(hid_t file, const char *name, int modulus)
{
    int x[N];
    hid_t space = H5Screate_simple(1, (hsize_t[]){N}, NULL);
    for (int i = 0; i < N; i++)
        x[i] = i / 2 % modulus;
    hid_t set = H5Dcreate2(file, name, H5T_STD_I32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, x);
    H5Dclose(set);
    H5Sclose(space);
}

static void make(char **argument, int is_packed)
{
    hid_t file = H5Fcreate(argument[0], H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    put_features(file, "z1", D1, argument + 1, is_packed);
    put_features(file, "z2", D2, argument + 1, is_packed);
    put_numbers(file, "r", N);
    put_numbers(file, "y", 10);
    H5Fclose(file);
}

static void hollow(char **argument)
{
    static const char *const name[] = {"z1", "z2", "y", "r"};
    hid_t file = H5Fcreate(argument[0], H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    for (int k = 0; k < 4; k++) {
        hsize_t size[2] = {strtoull(argument[1], NULL, 10), 8};
        hid_t space = H5Screate_simple(k < 2 ? 2 : 1, size, NULL);
        hid_t type = k < 2 ? H5T_IEEE_F32LE : H5T_STD_I32LE;
        H5Dclose(H5Dcreate2(file, name[k], type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
        H5Sclose(space);
    }
    H5Fclose(file);
}

static int peak(char **command)
{
    int status = 0;
    struct rusage used;
    pid_t child = fork();
    if (child == 0) {
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
        execvp(command[0], command);
        _exit(127);
    }
    if (wait4(child, &status, 0, &used) < 0)
        return 126;
    printf("%ld\n", used.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "peak") == 0)
        return peak(argv + 2);
    if (argc > 4 && strcmp(argv[1], "make") == 0)
        make(argv + 2, argc > 5);
    else if (argc == 4 && strcmp(argv[1], "hollow") == 0)
        hollow(argv + 2);
    else
        return 2;
    return 0;
}
