package io.dl4jext.experiments.evidence.cell;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.engine.Jvm;
import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.experiments.evidence.cell.CellState.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real cells in processes of their own, of which one is killed, and the one that runs them. */
@Tag("slow")
class KilledCampaignTest {

    private static final List<Cell> PLAN = List.of(
            new Cell(
                    "short",
                    0.1,
                    List.of(
                            "fisher",
                            "--limit",
                            "50",
                            "--batch-sizes",
                            "10",
                            "--learning-rates",
                            "0.1",
                            "--epochs",
                            "1")),
            new Cell(
                    "long",
                    0.2,
                    List.of(
                            "fisher",
                            "--limit",
                            "3000",
                            "--batch-sizes",
                            "10",
                            "--learning-rates",
                            "0.1,0.2",
                            "--epochs",
                            "4")));

    @TempDir
    Path folder;

    /** A process that does it all; the test starts it, kills it, and goes on. */
    public static void main(String[] arguments) throws IOException {
        campaign(Path.of(arguments[0])).run(new JvmRunner(), 1, Progress.silent(), () -> {});
    }

    private static Campaign campaign(Path folder) throws IOException {
        return new Campaign(folder, PLAN, DataFolder.none(), false, cell -> true);
    }

    private static List<Kind> kinds(Path folder) throws IOException {
        return campaign(folder).states().values().stream().map(CellState::kind).collect(Collectors.toList());
    }

    private boolean isAtWorkOnTheLongOne() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.anyMatch(file -> file.toString().contains("long-")
                    && file.getFileName().toString().equals("s10-lr0.1.csv"));
        } catch (IOException e) {
            return false;
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within two minutes").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @Test
    void aKilledRunLosesTheCellInWorkAlone() throws Exception {
        Process process = Jvm.again(List.of(), getClass().getName(), List.of(folder.toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("outer.txt").toFile())
                .start();
        List<ProcessHandle> inner;
        try {
            await(() -> isAtWorkOnTheLongOne() || !process.isAlive());
            inner = process.descendants().collect(Collectors.toList());
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(inner).as(Files.readString(folder.resolve("outer.txt"))).isNotEmpty();
        await(() -> inner.stream().noneMatch(ProcessHandle::isAlive)); // the cell's process notices
        assertThat(kinds(folder)).containsExactly(Kind.DONE, Kind.NOT_YET);

        Campaign again = campaign(folder);
        again.run(
                (arguments, share, log, meanwhile) -> {
                    assertThat(Path.of(arguments.get(arguments.indexOf("--output") + 1)))
                            .as("what the killed one left is gone")
                            .doesNotExist();
                    return new JvmRunner().run(shorter(arguments), share, log, meanwhile);
                },
                1,
                Progress.silent(),
                () -> {});
        assertThat(kinds(folder)).containsOnly(Kind.DONE);
        Path results = again.states().get(PLAN.get(1)).results().orElseThrow();
        assertThat(Files.readAllLines(results.resolve("summary.csv"))).hasSize(3);
    }

    /** So that the second run does not take as long as the first would have. */
    private static List<String> shorter(List<String> arguments) {
        return arguments.stream()
                .map(argument -> argument.equals("3000") ? "50" : argument)
                .collect(Collectors.toList());
    }
}
