namespace DistRec.Actors;

/// <summary>A kind of actor: how many there are and how one is made.</summary>
/// <param name="Name">The first half of an <see cref="ActorAddress"/>; no slash.</param>
/// <param name="ShardCount">How many actors of this kind exist, at least 1.</param>
/// <param name="Factory">Makes a new actor for a shard, at the first start and after every failure or move.</param>
/// <param name="Role">The nodes that may host it; empty for every node. One process plays every role.</param>
public sealed record ActorKind(string Name, int ShardCount, Func<int, Actor> Factory, string Role = "")
{
    /// <summary>How many messages from others wait before a sender has to.</summary>
    public int MailboxCapacity { get; init; } = 1024;

    public RestartPolicy Restart { get; init; } = new();

    /// <summary>Checks everything and reports all that is wrong at once.</summary>
    /// <exception cref="ArgumentException">One line for each mistake.</exception>
    public void Validate()
    {
        List<string> errors = [];
        if (string.IsNullOrWhiteSpace(Name) || Name.Contains('/', StringComparison.Ordinal))
        {
            errors.Add($"Name: expected a name without a slash, found \"{Name}\"");
        }

        if (ShardCount < 1)
        {
            errors.Add($"ShardCount: expected at least 1, found {ShardCount}");
        }

        if (Factory is null)
        {
            errors.Add("Factory: expected a function that makes an actor, found null");
        }

        if (MailboxCapacity < 1)
        {
            errors.Add($"MailboxCapacity: expected at least 1, found {MailboxCapacity}");
        }

        Restart.CollectErrors(errors);
        if (errors.Count > 0)
        {
            throw new ArgumentException($"The actor kind \"{Name}\" is not usable:\n  {string.Join("\n  ", errors)}");
        }
    }
}
