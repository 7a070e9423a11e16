namespace DistRec.Actors.Runtime;

/// <summary>What every engine asks of kinds before it takes any of them.</summary>
internal static class KindRegistration
{
    /// <summary>Checks kinds that are registered together.</summary>
    /// <param name="kinds">The new kinds.</param>
    /// <param name="taken">Names of those before.</param>
    /// <exception cref="ArgumentException">A kind is not usable or its name is taken.</exception>
    public static void Check(IReadOnlyList<ActorKind> kinds, IEnumerable<string> taken)
    {
        HashSet<string> names = new(taken, StringComparer.Ordinal);
        foreach (ActorKind kind in kinds)
        {
            kind.Validate();
            if (!names.Add(kind.Name))
            {
                throw new ArgumentException($"The actor kind \"{kind.Name}\" is already registered; register each kind once.");
            }
        }
    }
}
