-- CreateEnum
CREATE TYPE "BlockchainNetwork" AS ENUM ('ETHEREUM', 'POLYGON', 'BASE', 'SOLANA');

-- CreateEnum
CREATE TYPE "contract_standard" AS ENUM ('ERC20', 'ERC721', 'ERC1155', 'SPL');

-- CreateEnum
CREATE TYPE "TokenStatus" AS ENUM ('MINTING', 'MINTED', 'TRANSFERRED', 'BURNED', 'FAILED');

-- CreateTable
CREATE TABLE "wallets" (
    "id" TEXT NOT NULL,
    "network" "BlockchainNetwork" NOT NULL,
    "address" VARCHAR(64) NOT NULL,
    "isPrimary" BOOLEAN NOT NULL DEFAULT false,
    "customerId" TEXT,
    "userId" TEXT,
    "businessId" TEXT NOT NULL,
    "verifiedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "wallets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "smart_contracts" (
    "id" TEXT NOT NULL,
    "name" VARCHAR(120) NOT NULL,
    "network" "BlockchainNetwork" NOT NULL,
    "address" VARCHAR(64) NOT NULL,
    "standard" "contract_standard" NOT NULL,
    "abi" JSONB,
    "deployedAt" TIMESTAMP(3),
    "deployCost" DECIMAL(38,0),
    "blockNumber" BIGINT,
    "businessId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "smart_contracts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "nft_tokens" (
    "id" TEXT NOT NULL,
    "tokenId" VARCHAR(78) NOT NULL,
    "status" "TokenStatus" NOT NULL DEFAULT 'MINTING',
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "transactionHash" BYTEA,
    "contractId" TEXT NOT NULL,
    "walletId" TEXT,
    "customerId" TEXT,
    "rewardId" TEXT,
    "businessId" TEXT NOT NULL,
    "mintedAt" TIMESTAMP(3),
    "burnedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "nft_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "wallets_customerId_idx" ON "wallets"("customerId");

-- CreateIndex
CREATE INDEX "wallets_userId_idx" ON "wallets"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "wallets_businessId_network_address_key" ON "wallets"("businessId", "network", "address");

-- CreateIndex
CREATE INDEX "smart_contracts_businessId_idx" ON "smart_contracts"("businessId");

-- CreateIndex
CREATE UNIQUE INDEX "smart_contracts_network_address_key" ON "smart_contracts"("network", "address");

-- CreateIndex
CREATE INDEX "nft_tokens_walletId_idx" ON "nft_tokens"("walletId");

-- CreateIndex
CREATE INDEX "nft_tokens_customerId_idx" ON "nft_tokens"("customerId");

-- CreateIndex
CREATE INDEX "nft_tokens_rewardId_idx" ON "nft_tokens"("rewardId");

-- CreateIndex
CREATE INDEX "nft_tokens_businessId_status_idx" ON "nft_tokens"("businessId", "status");

-- CreateIndex
CREATE UNIQUE INDEX "nft_tokens_contractId_tokenId_key" ON "nft_tokens"("contractId", "tokenId");

-- AddForeignKey
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_businessId_fkey" FOREIGN KEY ("businessId") REFERENCES "businesses"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_customerId_fkey" FOREIGN KEY ("customerId") REFERENCES "customers"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "smart_contracts" ADD CONSTRAINT "smart_contracts_businessId_fkey" FOREIGN KEY ("businessId") REFERENCES "businesses"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nft_tokens" ADD CONSTRAINT "nft_tokens_businessId_fkey" FOREIGN KEY ("businessId") REFERENCES "businesses"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nft_tokens" ADD CONSTRAINT "nft_tokens_contractId_fkey" FOREIGN KEY ("contractId") REFERENCES "smart_contracts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nft_tokens" ADD CONSTRAINT "nft_tokens_walletId_fkey" FOREIGN KEY ("walletId") REFERENCES "wallets"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nft_tokens" ADD CONSTRAINT "nft_tokens_customerId_fkey" FOREIGN KEY ("customerId") REFERENCES "customers"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nft_tokens" ADD CONSTRAINT "nft_tokens_rewardId_fkey" FOREIGN KEY ("rewardId") REFERENCES "rewards"("id") ON DELETE SET NULL ON UPDATE CASCADE;
