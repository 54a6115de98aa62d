using Microsoft.EntityFrameworkCore;
using Shop.Data;
using Shop.Data.Customers;

await using var shop = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseShopContext("Data Source=prisma/dev.db").Options);
shop.Customers.Add(new Customer { Email = $"{Guid.NewGuid():N}@example.com", Name = "Ada" });
await shop.SaveChangesAsync();
foreach (var customer in await shop.Customers.OrderBy(c => c.CreatedAt).ToListAsync()) Console.WriteLine($"{customer.Id}  {customer.Name}  {customer.Email}");
