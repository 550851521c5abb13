package io.dl4jext.updater.internal.json;

/** A class that is no schedule, updater or activation; notes when it is initialised. */
final class Trap {

    static {
        System.setProperty(Trap.class.getName(), "sprung");
    }

    private Trap() {}
}
