package io.dl4jext.experiments.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/** A command that writes to a folder, which is its own until it has ended. */
public interface WritingCommand extends Callable<Integer> {

    /** The folder, or null as long as there is none. */
    Path folder();
}
