using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DistRec.Cluster.Tests;

/// <summary>A node in a process of its own, started as a person would start it.</summary>
internal sealed partial class NodeProcess : IAsyncDisposable
{
    private const int Stop = 19;
    private const int Continue = 18;
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NodeProcess(Process process) => _process = process;

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public string Log => string.Join('\n', _log);

    /// <summary>Starts a node; it has joined the cluster when this returns.</summary>
    public static async Task<NodeProcess> StartAsync(IReadOnlyList<string> options, IReadOnlyDictionary<string, string>? variables = null)
    {
        NodeProcess node = Launch(options, variables);
        node.Address = await node.WithLog(node._ready.Task);
        return node;
    }

    /// <summary>Starts a node that is expected to end by itself.</summary>
    /// <returns>Its exit code and everything that it said.</returns>
    public static async Task<(int Code, string Log)> RunToEndAsync(IReadOnlyList<string> options, IReadOnlyDictionary<string, string>? variables = null)
    {
        await using NodeProcess node = Launch(options, variables);
        node._ready.Task.ContinueWith(task => _ = task.Exception, TaskScheduler.Default).Forget();
        await node.WithLog(node._process.WaitForExitAsync());
        return (node._process.ExitCode, node.Log);
    }

    /// <summary>As if the power went: no handler runs.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WithLog(_process.WaitForExitAsync());
    }

    /// <summary>Stops it in good order.</summary>
    public async Task<int> TerminateAsync()
    {
        Signal(_process.Id, Terminate).ShouldBe(0);
        await WithLog(_process.WaitForExitAsync());
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

    private static NodeProcess Launch(IReadOnlyList<string> options, IReadOnlyDictionary<string, string>? variables)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "distrec.dll");
        ProcessStartInfo start = new("dotnet", [program, "node", .. options]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        // Nodes are compiled as they go: what starts fast counts here.
        start.Environment["DOTNET_TieredPGO"] = "0";
        NodeProcess node = new(new Process { StartInfo = start, EnableRaisingEvents = true });
        node._process.OutputDataReceived += (_, line) => node.Hear(line.Data);
        node._process.ErrorDataReceived += (_, line) => node.Hear(line.Data);
        node._process.Exited += (_, _) => node._ready.TrySetException(new InvalidOperationException($"the node ended before it was ready:\n{node.Log}"));
        node._process.Start();
        node._process.BeginOutputReadLine();
        node._process.BeginErrorReadLine();
        return node;
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        _log.Enqueue(line);
        const string Ready = " is ready on ";
        int at = line.IndexOf(Ready, StringComparison.Ordinal);
        if (at > 0)
        {
            _ready.TrySetResult(new Uri(line[(at + Ready.Length)..]));
        }
    }

    private async Task WithLog(Task task)
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new ShouldAssertException($"a node did not do as expected within {Patience}; it said:\n{Log}");
        }
    }

    private async Task<T> WithLog<T>(Task<T> task)
    {
        await WithLog((Task)task);
        return await task;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}

internal static class TaskExtensions
{
    /// <summary>Says that nobody waits for it, on purpose.</summary>
    public static void Forget(this Task task) => _ = task;
}
