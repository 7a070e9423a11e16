using System.Diagnostics;
using System.Text;

namespace DistRec.Cli.Batch;

/// <summary>
/// Answers questions a block at a time and writes the answers in the order of the questions: several threads answer one block while
/// the one before it is written, so that no more than two blocks are in memory.
/// </summary>
internal static class BatchRun
{
    /// <summary>Answers all blocks.</summary>
    /// <param name="host">The world around.</param>
    /// <param name="options">Where the answers go.</param>
    /// <param name="blocks">The questions, and how much of them a block ends at, from 0 to 1.</param>
    /// <param name="answer">Answers a block. Its progress is what it returns beside the rows.</param>
    /// <returns>How long it took, in seconds.</returns>
    /// <exception cref="InputException">The questions are wrong, or the file cannot be written; there is no file then.</exception>
    /// <exception cref="OperationCanceledException">A person asked to stop; likewise.</exception>
    public static Task<double> RunAsync<T>(
        CliHost host, BatchOptions options, IEnumerable<(T Block, double Done)> blocks, Func<T, (AnswerRows Rows, string Detail)> answer)
    {
        // Bars would be drawn over rows that the same terminal shows.
        bool isQuiet = options.Quiet || (options.Path is null && host.OutputIsTerminal);
        return ProgressScope.RunAsync(host, isQuiet, stages => Task.Run(() =>
        {
            long start = Stopwatch.GetTimestamp();
            if (options.Path is { } path)
            {
                AtomicFile.Write(path, stream => Run(WriterOf(stream, options.Format)));
            }
            else
            {
                // A program gets ids as they are, a terminal does not.
                TextWriter output = host.OutputIsTerminal ? host.Output : VisibleWriter.Behind(host.Output);
                Run(new TextAnswers(output, options.Format));
            }

            return Stopwatch.GetElapsedTime(start).TotalSeconds;

            void Run(IAnswerWriter writer) => RunAsync(writer, blocks, answer, options.Threads, stages, host.Stop).GetAwaiter().GetResult();
        }));
    }

    private static IAnswerWriter WriterOf(Stream stream, AnswerFormat format) => format == AnswerFormat.Parquet
        ? new ParquetAnswers(stream)
        : new TextAnswers(new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true), format);

    private static async Task RunAsync<T>(
        IAnswerWriter writer,
        IEnumerable<(T Block, double Done)> blocks,
        Func<T, (AnswerRows Rows, string Detail)> answer,
        int threads,
        IStageView stages,
        CancellationToken stop)
    {
        Task writing = Task.CompletedTask;
        try
        {
            stages.Show("answering", 0, "");
            foreach ((T block, double done) in blocks)
            {
                stop.ThrowIfCancellationRequested();
                (AnswerRows rows, string detail) = answer(block);
                await writing;

                // With one thread nothing happens beside.
                writing = threads > 1 ? Task.Run(() => writer.WriteAsync(rows), CancellationToken.None) : writer.WriteAsync(rows);
                stages.Show("answering", done, detail);
            }

            stop.ThrowIfCancellationRequested();
        }
        finally
        {
            await writing;
            await writer.DisposeAsync();
        }
    }

    /// <summary>Does something for chunks of a range on several threads.</summary>
    /// <param name="count">Length of the range.</param>
    /// <param name="chunk">Length of a chunk.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="body">Is given where a chunk begins and how long it is.</param>
    /// <param name="stop">Stops.</param>
    public static void ForChunks(int count, int chunk, int threads, Action<int, int> body, CancellationToken stop) => Parallel.For(
        0,
        (count + chunk - 1) / chunk,
        new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = stop },
        index => body(index * chunk, Math.Min(chunk, count - (index * chunk))));
}
