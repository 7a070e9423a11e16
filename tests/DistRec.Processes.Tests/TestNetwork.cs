using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace DistRec.Processes.Tests;

/// <summary>
/// A small network of network namespaces on this machine: hosts with an address each, on two switches of which the second is empty
/// until the network is cut in two. This process is one of the hosts. Everything that leaves a node goes through it.
/// </summary>
/// <remarks>It takes Linux, root and the commands ip and iptables; the machine's own interfaces and rules are not touched.</remarks>
internal sealed partial class TestNetwork : INodePlaces, IDisposable
{
    private const string Prefix = "distrec-";
    private const int Port = 7400;

    private static readonly Lazy<string> Missing = new(FindWhatIsMissing);

    private static int _count;

    private readonly string _name;
    private readonly string _clientPort;
    private readonly List<TestHost> _hosts = [];
    private readonly string _subnet;

    /// <exception cref="SkipException">This machine does not let us.</exception>
    public TestNetwork()
    {
        Skip.If(Missing.Value.Length > 0, Missing.Value);
        RemoveLeftovers();
        int number = Interlocked.Increment(ref _count);
        _name = $"{Prefix}{Environment.ProcessId}-{number}";
        _clientPort = $"dr{Environment.ProcessId}-{number}";
        _subnet = FreeSubnet();
        Ip("netns", "add", Switches);
        InSwitches("link", "add", "whole", "type", "bridge");
        InSwitches("link", "add", "apart", "type", "bridge");
        InSwitches("link", "set", "whole", "up");
        InSwitches("link", "set", "apart", "up");

        // The client's host is this machine.
        Ip("link", "add", _clientPort, "type", "veth", "peer", "name", "client", "netns", Switches);
        Ip("address", "add", $"{_subnet}.1/24", "dev", _clientPort);
        Ip("link", "set", _clientPort, "up");
        Connect("client");
    }

    private string Switches => $"{_name}-switches";

    /// <summary>The hosts in the order of the nodes that live on them: the coordinator's is the first.</summary>
    public IReadOnlyList<TestHost> Hosts => _hosts;

    public NodePlace Next()
    {
        int number = _hosts.Count;
        TestHost host = new($"{_name}-{number}", $"{_subnet}.{number + 10}", $"port{number}");
        Ip("netns", "add", host.Namespace);
        _hosts.Add(host);
        Ip("link", "add", "network", "netns", host.Namespace, "type", "veth", "peer", "name", host.Port, "netns", Switches);
        Ip("-n", host.Namespace, "address", "add", $"{host.Address}/24", "dev", "network");
        Ip("-n", host.Namespace, "link", "set", "lo", "up");
        Ip("-n", host.Namespace, "link", "set", "network", "up");
        Connect(host.Port);
        return new NodePlace($"{host.Address}:{Port}", Namespace: host.Namespace);
    }

    /// <summary>Cuts the network in two: those hosts reach each other and nobody else.</summary>
    public void Cut(params IEnumerable<TestHost> apart) => Move(apart, "apart");

    /// <summary>Joins the two parts again.</summary>
    public void Heal() => Move(_hosts, "whole");

    /// <summary>A firewall refuses what one host sends to another; everybody else reaches both.</summary>
    public static void Refuse(TestHost from, TestHost to) =>
        Rule(from, "-A", "OUTPUT", "-d", to.Address, "-p", "tcp", "-j", "REJECT", "--reject-with", "tcp-reset");

    /// <summary>The same of blocks alone: Akka.NET's connections go on.</summary>
    public static void RefuseBlocks(TestHost from, TestHost to) => Rule(
        from, "-A", "OUTPUT", "-d", to.Address, "-p", "tcp", "--dport", $"{Port}", "-j", "REJECT", "--reject-with", "tcp-reset");

    /// <summary>What comes to a host is lost, what it sends arrives.</summary>
    public static void Deafen(TestHost host) => Rule(host, "-A", "INPUT", "-i", "network", "-j", "DROP");

    /// <summary>What a host sends is lost, what comes to it arrives.</summary>
    public static void Mute(TestHost host) => Rule(host, "-A", "OUTPUT", "-o", "network", "-j", "DROP");

    /// <summary>Undoes <see cref="Refuse"/>, <see cref="RefuseBlocks"/>, <see cref="Deafen"/> and <see cref="Mute"/>.</summary>
    public static void Cure(TestHost host) => Rule(host, "-F");

    // With a namespace go, a little later, the ends of cables in it, and with one end the other.
    public void Dispose()
    {
        Ip("link", "delete", _clientPort);
        foreach (TestHost host in _hosts)
        {
            Ip("netns", "delete", host.Namespace);
        }

        Ip("netns", "delete", Switches);
    }

    private void Connect(string port)
    {
        InSwitches("link", "set", port, "master", "whole");
        InSwitches("link", "set", port, "up");
    }

    private void Move(IEnumerable<TestHost> hosts, string toSwitch)
    {
        foreach (TestHost host in hosts)
        {
            InSwitches("link", "set", host.Port, "master", toSwitch);
        }
    }

    private static void Rule(TestHost host, params string[] rule) => Ip(["netns", "exec", host.Namespace, "iptables", .. rule]);

    private void InSwitches(params string[] arguments) => Ip(["-n", Switches, .. arguments]);

    private static string Ip(params string[] arguments) => Run("ip", arguments);

    // Of the range that RFC 2544 sets aside for trying out networks.
    private static string FreeSubnet()
    {
        string taken = Ip("-4", "-oneline", "address", "show");
        return Enumerable.Range(0, 256).Select(third => string.Create(CultureInfo.InvariantCulture, $"198.18.{third}"))
            .First(subnet => !taken.Contains($" {subnet}.", StringComparison.Ordinal));
    }

    // A test process that was killed leaves its namespaces, and those its interfaces.
    private static void RemoveLeftovers()
    {
        foreach (string line in Ip("netns", "list").Split('\n').Where(line => line.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string name = line.Split(' ')[0];
            if (int.TryParse(name.Split('-')[1], CultureInfo.InvariantCulture, out int process) && !Directory.Exists($"/proc/{process}"))
            {
                Ip("netns", "delete", name);
            }
        }
    }

    private static string FindWhatIsMissing()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "network namespaces take Linux";
        }

        if (EffectiveUser() != 0)
        {
            return "network namespaces take root";
        }

        string probe = $"{Prefix}{Environment.ProcessId}-probe";
        try
        {
            Ip("netns", "add", probe);
            try
            {
                Ip("-n", probe, "link", "add", "whole", "type", "bridge");
                Ip("-n", probe, "link", "add", "near", "type", "veth", "peer", "name", "far");
                Ip("-n", probe, "link", "set", "near", "master", "whole");
                Ip("netns", "exec", probe, "iptables", "-A", "OUTPUT", "-o", "near", "-p", "tcp", "-j", "REJECT", "--reject-with", "tcp-reset");
                return "";
            }
            finally
            {
                Ip("netns", "delete", probe);
            }
        }
        catch (ShouldAssertException exception)
        {
            return $"this machine does not let us make networks: {exception.Message.ReplaceLineEndings(" ")}";
        }
    }

    private static string Run(string command, string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? output
                : throw new ShouldAssertException($"{command} {string.Join(' ', arguments)}: {errors.Result.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new ShouldAssertException($"{command}: {exception.Message}; Debian has it in iproute2 or iptables");
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}

/// <summary>A host of a <see cref="TestNetwork"/>.</summary>
/// <param name="Namespace">Its network namespace.</param>
/// <param name="Address">Its address.</param>
/// <param name="Port">Where its cable is plugged in.</param>
internal sealed record TestHost(string Namespace, string Address, string Port);
