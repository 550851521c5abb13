package io.dl4jext.experiments.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that does nothing but to hold others: alone it prints its usage. */
public abstract class GroupCommand implements Callable<Integer> {

    /** What the program exits with where the user can put something right. */
    public static final int USER_ERROR = 2;

    @Spec
    private CommandSpec spec;

    @Override
    public final Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return USER_ERROR;
    }
}
