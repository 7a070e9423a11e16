using System.Text;

namespace DistRec.Simulation.Schedule;

/// <summary>What happened: a running hash of everything, and the last events in words.</summary>
internal sealed class Trace
{
    private const int Kept = 200;
    private const ulong Prime = 0x100000001B3;

    private readonly Entry[] _ring = new Entry[Kept];
    private long _count;

    /// <summary>FNV-1a over all entries so far.</summary>
    internal ulong Hash { get; private set; } = 0xCBF29CE484222325;

    /// <summary>Takes down one event.</summary>
    /// <param name="time">Ticks of virtual time.</param>
    /// <param name="what">A word or two, constant.</param>
    /// <param name="node">The node it happened at, or −1.</param>
    /// <param name="other">The other node, or −1.</param>
    /// <param name="shell">The shell concerned.</param>
    /// <param name="detail">Such as the message's name.</param>
    /// <param name="number">Such as a hash of the message.</param>
    internal void Add(long time, string what, int node, int other = -1, string? shell = null, string? detail = null, ulong number = 0)
    {
        Mix((ulong)time);
        Mix(what);
        Mix(((ulong)(uint)node << 32) | (uint)other);
        Mix(shell);
        Mix(detail);
        Mix(number);
        _ring[_count++ % Kept] = new Entry(time, what, node, other, shell, detail);
    }

    /// <summary>The last events, oldest first, a line each.</summary>
    internal string Tail()
    {
        StringBuilder text = new();
        for (long at = Math.Max(0, _count - Kept); at < _count; at++)
        {
            Entry entry = _ring[at % Kept];
            text.Append($"{TimeSpan.FromTicks(entry.Time).TotalMilliseconds,12:F4} ms  {entry.What,-16}");
            text.Append(entry.Node < 0 ? "" : entry.Other < 0 ? $" node {entry.Node}" : $" node {entry.Node} → {entry.Other}");
            text.Append(entry.Shell is null ? "" : $"  {entry.Shell}").Append(entry.Detail is null ? "" : $"  {entry.Detail}");
            text.Append('\n');
        }

        return text.ToString();
    }

    private void Mix(ulong value) => Hash = (Hash ^ value) * Prime;

    private void Mix(string? text)
    {
        foreach (char letter in text ?? "")
        {
            Mix(letter);
        }

        Mix(0);
    }

    private readonly record struct Entry(long Time, string What, int Node, int Other, string? Shell, string? Detail);
}
