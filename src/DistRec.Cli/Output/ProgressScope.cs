using Spectre.Console;

namespace DistRec.Cli.Output;

/// <summary>Runs work with its progress on the error stream: bars for a terminal, lines for a log, nothing if asked to be quiet.</summary>
internal static class ProgressScope
{
    public static async Task<T> RunAsync<T>(CliHost host, bool quiet, Func<IStageView, Task<T>> work)
    {
        if (quiet)
        {
            return await work(new SilentView());
        }

        if (!host.ErrorIsTerminal)
        {
            return await work(new PlainView(host.Error, host.Time));
        }

        IAnsiConsole console = Screen.On(host.Error, isTerminal: true);
        return await console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn())
            .StartAsync(async context => await work(new TerminalView(console, context)));
    }
}
