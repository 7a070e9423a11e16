using System.Runtime.InteropServices;
using System.Text;

namespace DistRec.Cli;

/// <summary>Connects the command line to this process: its streams, its terminal and its signals.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        CollectorMode.ForThroughput();
        using var stop = new CancellationTokenSource();
        using var output = new StreamWriter(new TerminalStream(Console.OpenStandardOutput(), () => stop.IsCancellationRequested), new UTF8Encoding(false)) { AutoFlush = true };
        using var error = new StreamWriter(new TerminalStream(Console.OpenStandardError(), () => true), new UTF8Encoding(false)) { AutoFlush = true };

        // The first signal, also of a terminal that is closed, asks for a clean end; the second is left to the system, which ends the process at once.
        void OnSignal(PosixSignalContext context)
        {
            if (!stop.IsCancellationRequested)
            {
                context.Cancel = true;
                stop.Cancel();
                error.WriteLine("stopping cleanly; once more to stop at once");
            }
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        return await CliApplication.RunAsync(arguments, new CliHost
        {
            Output = output,
            Error = error,
            OutputIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            Stop = stop.Token,
        });
    }
}
