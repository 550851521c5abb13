package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.data.PianoRolls;
import io.dl4jext.experiments.engine.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code implicit music}: the next chord of a piece. */
@Command(
        name = "music",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        defaultValueProvider = RateSweepCommand.Defaults.class,
        description = {
            "Predicts the next chord of pieces of music (the paper: JSB Chorales and others) with a simple recurrent layer of"
                    + " 300 arctan units, which is implicit, and a sigmoid for each of 88 keys; one piece a step.",
            "The loss is the negative log likelihood of a chord, averaged over a piece. The paper clips at 8, on JSB Chorales at 1"
                    + " and 0.1 too: --clip 8,1,0.1."
        })
final class MusicCommand extends RateSweepCommand {

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description =
                    "The music, JSON, plain or .gz: {\"train\": [piece, ...], ...}, a piece being a list of time steps"
                            + " and a time step a list of MIDI pitches from 21 to 108.")
    private Path file;

    @Option(names = "--limit", paramLabel = "N", description = "Use the first N training pieces only.")
    private Integer limit;

    MusicCommand() {
        super("0.02,0.04,0.06,0.1,0.2,0.3", "2", "5", "explicit,implicit,explicit-clip,implicit-clip", "8");
    }

    @Override
    List<Task> tasks(long seed) throws IOException {
        if (file == null) {
            throw new UserError(
                    "--file: expected a file of music, got none. No music comes with the program; the file is"
                            + " JSON (or .json.gz) such as {\"train\": [[[60, 64, 67], [62, 65]], ...]}: pieces, time steps,"
                            + " MIDI pitches from 21 to 108");
        }
        PianoRolls data = PianoRolls.read(file);
        if (limit != null) {
            UserError.require(
                    limit >= 1 && limit <= data.size(),
                    "--limit",
                    "1 to " + data.size() + " (the training pieces)",
                    limit);
            data = data.first(limit);
        }
        return List.of(Task.music(data));
    }
}
