namespace DistRec.Data;

/// <summary>Whose features a block holds.</summary>
public enum RelationEntity
{
    /// <summary>Its row u is user u.</summary>
    User,

    /// <summary>Its row i is item i.</summary>
    Item,

    /// <summary>Its rows are what rows of the problem may share otherwise, such as a month or the item rated before.</summary>
    Context,

    /// <summary>Every row of the problem has one of its own.</summary>
    Row,
}

/// <summary>
/// Features of one kind of entity, stored once however many rows of the learning problem refer to the entity (Rendle, "Scaling
/// factorization machines to relational data", VLDB 2013).
/// </summary>
/// <param name="Name">What the entities are, such as <c>user</c>.</param>
/// <param name="Entity">Whose features these are.</param>
/// <param name="Rows">x of each entity, sparse, [entities, features]: columns are indices of the feature space, ascending in a row.</param>
public sealed record RelationBlock(string Name, RelationEntity Entity, RatingMatrix Rows);
