using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DistRec.Processes.Tests;

/// <summary>How a node's process is started.</summary>
/// <param name="Options">What is typed after the verb.</param>
/// <param name="Variables">What is added to its environment.</param>
internal sealed record NodeStart(IReadOnlyList<string> Options, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>The network namespace that it lives in; null for the one of this process.</summary>
    public string? Namespace { get; init; }

    /// <summary>The verb: what kind of node it is.</summary>
    public string Verb { get; init; } = "node";

    /// <summary>What is run: the program of these tests, where nothing else is said.</summary>
    public string Program { get; init; } = Path.Combine(AppContext.BaseDirectory, "distrec.dll");
}

/// <summary>A node in a process of its own, started as a person would start it.</summary>
internal sealed partial class NodeProcess : IAsyncDisposable
{
    private const int Stop = 19;
    private const int Continue = 18;
    private const int Terminate = 15;

    /// <summary>Ends broken tests alone, also on a machine that has much else to do.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<string> _log = [];
    private readonly List<(string Words, TaskCompletionSource<string> Heard)> _listeners = [];

    private NodeProcess(Process process) => _process = process;

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public string Log
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _log);
            }
        }
    }

    /// <summary>How many lines it has said so far.</summary>
    public int Lines
    {
        get
        {
            lock (_gate)
            {
                return _log.Count;
            }
        }
    }

    /// <summary>Starts a node and waits for nothing.</summary>
    public static NodeProcess Launch(NodeStart start)
    {
        // The command becomes the program, so what is signalled and killed is the node.
        ProcessStartInfo info = start.Namespace is { } name
            ? new ProcessStartInfo("ip", ["netns", "exec", name, "dotnet", start.Program, start.Verb, .. start.Options])
            : new ProcessStartInfo("dotnet", [start.Program, start.Verb, .. start.Options]);
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        foreach ((string variable, string value) in start.Variables)
        {
            info.Environment[variable] = value;
        }

        // Nodes are compiled as they go: what starts fast counts here.
        info.Environment["DOTNET_TieredPGO"] = "0";
        NodeProcess node = new(new Process { StartInfo = info });
        node._process.OutputDataReceived += (_, line) => node.Hear(line.Data);
        node._process.ErrorDataReceived += (_, line) => node.Hear(line.Data);
        node._process.Start();
        node._process.BeginOutputReadLine();
        node._process.BeginErrorReadLine();
        return node;
    }

    /// <summary>Waits until it is a full member of its cluster.</summary>
    /// <param name="after">Lines that do not count.</param>
    public async Task ReadyAsync(int after = 0)
    {
        const string Ready = " is ready on ";
        Task<string> ready = ListenFor(Ready, after);
        await WithLog(Task.WhenAny(ready, _process.WaitForExitAsync()), "be ready");
        ready.IsCompleted.ShouldBeTrue($"the node ended before it was ready:\n{Log}");
        string line = await ready;
        Address = new Uri(line[(line.IndexOf(Ready, StringComparison.Ordinal) + Ready.Length)..]);
    }

    /// <summary>Starts a node that is expected to end by itself.</summary>
    /// <returns>Its exit code and everything that it said.</returns>
    public static async Task<(int Code, string Log)> RunToEndAsync(NodeStart start)
    {
        await using NodeProcess node = Launch(start);
        await node.WithLog(node._process.WaitForExitAsync(), "end");
        return (node._process.ExitCode, node.Log);
    }

    /// <summary>Waits until it says something.</summary>
    /// <param name="words">Part of a line.</param>
    /// <param name="after">Lines that do not count.</param>
    /// <returns>The line.</returns>
    public async Task<string> HeardAsync(string words, int after = 0)
    {
        Task<string> heard = ListenFor(words, after);
        await WithLog(heard, $"say \"{words}\"");
        return await heard;
    }

    /// <summary>As if the power went: no handler runs.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WithLog(_process.WaitForExitAsync(), "end when it was killed");
    }

    /// <summary>Stops it in good order.</summary>
    public async Task<int> TerminateAsync()
    {
        Signal(_process.Id, Terminate).ShouldBe(0);
        await WithLog(_process.WaitForExitAsync(), "end when it was asked to");
        return _process.ExitCode;
    }

    /// <summary>Freezes it: its connections stay open and say nothing.</summary>
    public void Freeze() => Signal(_process.Id, Stop).ShouldBe(0);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Signal(_process.Id, Continue).ShouldBe(0);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _log.Add(line);
            foreach ((string words, TaskCompletionSource<string> heard) in _listeners)
            {
                if (line.Contains(words, StringComparison.Ordinal))
                {
                    heard.TrySetResult(line);
                }
            }
        }
    }

    private Task<string> ListenFor(string words, int after)
    {
        lock (_gate)
        {
            if (_log.Skip(after).FirstOrDefault(line => line.Contains(words, StringComparison.Ordinal)) is { } said)
            {
                return Task.FromResult(said);
            }

            TaskCompletionSource<string> heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _listeners.Add((words, heard));
            return heard.Task;
        }
    }

    private async Task WithLog(Task task, string expected)
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new ShouldAssertException($"a node was expected to {expected} within {Patience}; it said:\n{Log}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}

internal static class TaskExtensions
{
    /// <summary>Says that nobody waits for it, on purpose.</summary>
    public static void Forget(this Task task) => _ = task;
}
