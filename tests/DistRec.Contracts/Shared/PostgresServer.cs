using System.Diagnostics;
using Npgsql;

namespace DistRec.Contracts;

/// <summary>A PostgreSQL server of the tests' own, on a socket in a temporary folder, where the machine has the program.</summary>
public sealed class PostgresServer : ITestDatabase, IAsyncLifetime, IDisposable
{
    private const string User = "distrec";
    private const string Installed = "/usr/lib/postgresql";

    private readonly TemporaryFolder _folder = new();
    private string? _programs;
    private int _databases;

    /// <summary>Why there is none; null where there is one.</summary>
    public string? Missing { get; private set; }

    /// <summary>The folder of the socket.</summary>
    public string Folder => _folder.Path;

    public async Task InitializeAsync()
    {
        _programs = Directory.Exists(Installed)
            ? Directory.GetDirectories(Installed).Order(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))
                .LastOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            : null;
        if (_programs is null)
        {
            Missing = $"no PostgreSQL under {Installed}: apt-get install postgresql";
            return;
        }

        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", OtherUser, Folder);
        }

        await ServerAsync("initdb", "-D", Data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_programs is not null)
        {
            await StopAsync();
        }
    }

    public void Dispose() => _folder.Dispose();

    public Task StartAsync() =>
        ServerAsync("pg_ctl", "-D", Data, "-w", "-t", "60", "-l", Path.Combine(Folder, "log"), "-o", $"-k {Folder} -c listen_addresses='' -c fsync=off", "start");

    /// <summary>Stops the server as a power cut would.</summary>
    public Task StopAsync() => ServerAsync("pg_ctl", "-D", Data, "-w", "-t", "60", "-m", "immediate", "stop");

    /// <summary>Makes a database and names it as a person would.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        string name = $"test{Interlocked.Increment(ref _databases)}";
        await using NpgsqlConnection connection = new(
            new NpgsqlConnectionStringBuilder { Host = Folder, Username = User, Database = "postgres", Pooling = false }.ToString());
        await connection.OpenAsync();
        await using NpgsqlCommand command = new($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return $"postgresql:///{name}?host={Folder}&user={User}";
    }

    private string Data => Path.Combine(Folder, "data");

    // The server refuses to be root's.
    private static string OtherUser => File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private Task ServerAsync(string program, params string[] arguments)
    {
        string path = Path.Combine(_programs!, program);
        return Environment.IsPrivilegedProcess ? RunAsync("runuser", ["-u", OtherUser, "--", path, .. arguments]) : RunAsync(path, arguments);
    }

    private async Task RunAsync(string command, params string[] arguments)
    {
        // The server inherits the outputs and would keep a pipe open, so they go to a file.
        string[] shell = ["-c", "exec \"$@\" >>\"$0\" 2>&1", Path.Combine(Path.GetTempPath(), $"{Path.GetFileName(Folder)}.log"), command, .. arguments];
        using Process process = Process.Start(new ProcessStartInfo("sh", shell) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
        string said = await File.ReadAllTextAsync(shell[2]);
        File.Delete(shell[2]);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command} {string.Join(' ', arguments)} ended with {process.ExitCode}: {said}");
        }
    }
}
