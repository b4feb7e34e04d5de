// What must happen before the libraries of the command start; see startup.c. Nothing is called.
#ifndef MORULA_CSTARTUP_H
#define MORULA_CSTARTUP_H
#endif
