namespace DistRec.Models;

/// <summary>One of the two sides of a rating.</summary>
public enum Side
{
    User = 0,
    Item = 1,
}
