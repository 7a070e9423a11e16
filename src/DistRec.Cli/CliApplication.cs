using System.CommandLine;
using System.CommandLine.Help;
using DistRec.Cluster.Client;
using DistRec.Training.Databases;
using DistRec.Training.Journal;
using DistRec.Training.Storage;
using DistRec.Training.Work;

namespace DistRec.Cli;

/// <summary>The command line as a function: arguments and a world in, text and an exit code out.</summary>
public static class CliApplication
{
    /// <summary>Name of the variable that asks for stack traces.</summary>
    public const string TraceVariable = "DISTREC_TRACE";

    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">As typed, without the program's name.</param>
    /// <param name="host">The world around.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliHost host)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(host);
        host = host with { Arguments = arguments, Output = new VisibleWriter(host.Output), Error = new VisibleWriter(host.Error) };
        using CommandPipes pipes = new(host.Stop);
        try
        {
            // Ids may begin with @ and with single dashes, so neither response files nor bundles of letters are read.
            var configuration = new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
            ParseResult parsed = Build(host).Parse(arguments, configuration);
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = host.Output,
                    Error = host.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                CancellationToken.None);
        }
        catch (InputException exception)
        {
            return await FailAsync(host, exception, exception.Message, ExitCode.BadInput);
        }
        catch (ClusterException exception)
        {
            // An address, a certificate or a secret can be given better; a cluster that fails on its way cannot.
            bool isInput = exception is ClusterUnreachableException or ClusterUntrustedException or ClusterRefusedException;
            return await FailAsync(host, exception, exception.Message, isInput ? ExitCode.BadInput : ExitCode.Failure);
        }
        catch (ServerException exception)
        {
            // So can the address of a server, a key or a question.
            return await FailAsync(host, exception, exception.Message, exception.IsInput || exception.Status == 0 ? ExitCode.BadInput : ExitCode.Failure);
        }
        catch (Exception exception) when (exception is NumericalException or JobJournalException or DatabaseException or BlobStoreException)
        {
            return await FailAsync(host, exception, exception.Message, ExitCode.Failure);
        }
        catch (OperationCanceledException) when (host.Stop.IsCancellationRequested)
        {
            await host.Error.WriteLineAsync("stopped");
            return ExitCode.Interrupted;
        }
        catch (Exception exception) when (MemoryShortage.Is(exception))
        {
            return await FailAsync(host, exception, MemoryShortage.Describe(), ExitCode.Failure);
        }
#pragma warning disable CA1031 // the last resort: whatever happened, a person gets one line
        catch (Exception exception)
        {
            string line = exception.Message.ReplaceLineEndings(" ");
            return await FailAsync(host, exception, $"unexpected: {exception.GetType().Name}: {line} (set {TraceVariable}=1 to see where)", ExitCode.Failure);
        }
#pragma warning restore CA1031
    }

    private static RootCommand Build(CliHost host)
    {
        var help = new HelpText();
        var root = new RootCommand("Trains recommender models on ratings, on one machine or many, and answers with them.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        IReadOnlyList<ICliCommand> commands = CommandList.All;
        foreach (ICliCommand command in commands)
        {
            root.Add(command.Build(host, help));
        }

        foreach (Option option in root.Options)
        {
            if (option is HelpOption)
            {
                option.Action = help;
            }
            else if (option is VersionOption version)
            {
                version.Action = new VersionAction(host);
            }
        }

        help.Describe(root, CommandList.Examples);
        root.SetAction(parsed => help.ShowOrRefuse(parsed, root, commands.Select(command => command.Name)));
        return root;
    }

    private static async Task<int> FailAsync(CliHost host, Exception exception, string message, int exitCode)
    {
        foreach (string line in message.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await host.Error.WriteLineAsync($"error: {line.TrimEnd('\r')}");
        }

        if (host.Variable(TraceVariable) is "1" or "true")
        {
            await host.Error.WriteLineAsync(exception.ToString());
        }

        return exitCode;
    }
}
