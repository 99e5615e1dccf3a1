/* comma.h - a locale whose numbers have a comma, whether or not one is installed.
 *
 * uses: nothing
 */
#ifndef COMMA_H
#define COMMA_H

/* The process's locale is de_DE.UTF-8, made for it by localedef: 1; 0 where that cannot be (Debian: package locales). */
int comma_locale(void);
#define NO_COMMA_LOCALE "no localedef, or no sources of locales (Debian: locales)"

#endif
