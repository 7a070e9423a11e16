using System.Text;
using Akka.Actor;
using DistRec.Data;

namespace DistRec.Cluster.Hosting;

/// <summary>
/// A file of Akka.NET addresses, one a line: the other members of the cluster that a coordinator last knew. It is replaced as a
/// whole, so that a crash leaves the old file or the new one.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class KnownMembers(string path)
{
    /// <summary>The addresses; none where there is no file yet. Lines that are no address are left out.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public IReadOnlyList<Address> Read()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        List<Address> members = [];
        foreach (string line in File.ReadLines(path))
        {
            if (Address.TryParse(line.Trim(), out Address? member) && member.Host is { Length: > 0 } && member.Port is > 0)
            {
                members.Add(member);
            }
        }

        return members;
    }

    /// <summary>Replaces the file.</summary>
    /// <exception cref="InputException">The file cannot be written; it is then as it was.</exception>
    public void Write(IEnumerable<Address> members) =>
        AtomicFile.Write(path, file => file.Write(Encoding.UTF8.GetBytes(string.Concat(members.Select(member => $"{member}\n")))));
}
